import { availableParallelism } from 'node:os';
import type { Block, Opened } from '../contender';
import type { Engine } from '../rows';
import type { Task } from '../task';
import type { Lane } from './lane';
import { type Answering, startAnswering } from './lines';

async function laneOf(process: Answering, engine: Engine, opening: object): Promise<Lane> {
  try {
    const opened = await process.ask<Opened>({ ask: 'open', ...opening });
    return {
      engine,
      where: 'node',
      ...opened,
      run: (what, count) => process.ask<Block>({ ask: 'run', what, count }),
      peakBytes: async () => process.peakBytes(),
      close: process.close,
    };
  } catch (error) {
    await process.close();
    throw error;
  }
}

/** Ours or stock tfjs in a Node of its own: this very program, told to serve. */
export const openNodeLane = (engine: Engine, task: Task): Promise<Lane> =>
  laneOf(startAnswering(process.execPath, [process.argv[1] ?? '', 'serve']), engine, { engine, task });

/** Python knows its networks itself, and needs no plan. */
const opening = (engine: Engine, { plan: _, ...task }: Task) => ({
  task,
  threads: engine === 'torch-1' ? 1 : availableParallelism(),
});

export const startTorch = (python: string): Answering => startAnswering(python, ['bench/train/pytorch/serve.py']);

export const openTorchLane = (python: string, engine: Engine, task: Task): Promise<Lane> =>
  laneOf(startTorch(python), engine, opening(engine, task));

export interface TorchEpoch {
  readonly ms: number;
  readonly accuracy: number;
}

/** One epoch of the task's network on Fashion-MNIST, with its evaluation. */
export async function torchEpoch(python: string, engine: Engine, task: Task): Promise<TorchEpoch> {
  const process = startTorch(python);
  try {
    await process.ask({ ask: 'open', ...opening(engine, task) });
    return await process.ask<TorchEpoch>({ ask: 'epoch' });
  } finally {
    await process.close();
  }
}
