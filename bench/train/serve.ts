import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { nodeSurroundings } from '@/engine/backends/node';
import type { Tf } from '@/engine/kernels/tf';
import { type Contender, type Host, openContender, type Repeated } from './contender';
import type { Engine } from './rows';
import type { Task } from './task';

type Question =
  | { readonly ask: 'open'; readonly engine: Engine; readonly task: Task }
  | { readonly ask: 'run'; readonly what: Repeated; readonly count: number };

const host: Host = {
  surroundings: nodeSurroundings,
  cores: availableParallelism(),
  // Node finds tfjs's ES5 build, whose plain JavaScript takes more than twice the time of the one that browsers get.
  stock: async (engine) =>
    engine === 'tfjs-cpu'
      ? (createRequire(import.meta.url)('@tensorflow/tfjs/dist/tf.es2017.js') as Tf)
      : import('@tensorflow/tfjs'),
};

/** A contender in a Node of its own: a question a line on stdin, an answer a line on stdout. */
export async function serve(): Promise<void> {
  let contender: Contender | null = null;
  const answer = async (question: Question): Promise<object> => {
    switch (question.ask) {
      case 'open':
        contender = await openContender(question.engine, question.task, host);
        return { detail: contender.detail, params: contender.params };
      case 'run':
        if (!contender) throw new Error('Nothing is open.');
        return contender.run(question.what, question.count);
    }
  };
  for await (const line of createInterface(process.stdin)) {
    const told = await answer(JSON.parse(line) as Question).catch((error: unknown) => ({
      error: error instanceof Error ? error.message : String(error),
    }));
    process.stdout.write(`${JSON.stringify(told)}\n`);
  }
}
