import type { Surroundings } from '@/engine/backends/prepare';
import { createProgram } from '@/engine/createProgram';
import { type Contender, timed } from './contender';
import { batchOf, type Task, weightsOf } from './task';

/** The product as it trains: batches come as arrays, losses are read after a block of steps. */
export async function openOurs(task: Task, surroundings: Surroundings): Promise<Contender> {
  const { plan, learningRate, momentum } = task;
  const created = await createProgram(surroundings, 'wasm', plan, {
    recipe: {
      optimizer: { type: 'momentum', params: { momentum } },
      loss: 'crossEntropy',
      weightDecay: 0,
      clipNorm: null,
      batchSize: task.batch,
    },
    seed: 1,
    task: 'classes',
  });
  if (!created.ok) throw new Error(created.error.message);
  const program = created.value;
  const restored = program.restore({ weights: weightsOf(task) });
  if (!restored.ok) throw new Error(restored.error.message);
  const batch = batchOf(task);
  return {
    detail: program.backend,
    params: plan.totals.trainable,
    run: (what, count) =>
      what === 'step'
        ? timed(
            count,
            () => program.step(batch, learningRate),
            async () => (await program.read()).at(-1)?.loss ?? NaN,
          )
        : timed(
            count,
            () => program.predict(batch.inputs, task.batch),
            async () => null,
          ),
  };
}
