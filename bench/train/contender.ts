import type { Surroundings } from '@/engine/backends/prepare';
import type { Tf } from '@/engine/kernels/tf';
import type { Engine, StockEngine } from './rows';
import type { Task } from './task';

export type Repeated = 'step' | 'forward';

/** Repetitions in a row, timed from the first one's start until the last one is computed. */
export interface Block {
  /** Of one repetition. */
  readonly ms: number;
  /** Of the last step, before its update; `null` for inference. */
  readonly loss: number | null;
}

export interface Opened {
  /** What it runs on, in its own words: `wasm · SIMD · 1 thread`. */
  readonly detail: string;
  /** Trained parameters. */
  readonly params: number;
}

/** An engine with a network on it, inside the process or worker that computes. */
export interface Contender extends Opened {
  run(what: Repeated, count: number): Promise<Block>;
}

/** Where contenders run. */
export interface Host {
  readonly surroundings: Surroundings;
  /** Logical cores: the threads of `ours`. */
  readonly cores: number;
  /** tfjs as it comes, for a backend. Nothing of ours is installed in it. */
  stock(engine: StockEngine): Promise<Tf>;
}

const onThreads = (surroundings: Surroundings, threads: number): Surroundings => ({
  ...surroundings,
  threads,
  native: { ...surroundings.native, threads },
});

export async function openContender(engine: Engine, task: Task, host: Host): Promise<Contender> {
  const { surroundings, cores } = host;
  switch (engine) {
    case 'ours':
      return (await import('./ours')).openOurs(task, onThreads(surroundings, cores));
    case 'ours-1':
      return (await import('./ours')).openOurs(task, onThreads(surroundings, 1));
    case 'tfjs-cpu':
    case 'tfjs-webgl':
    case 'tfjs-wasm':
      return (await import('./stock')).openStock(await host.stock(engine), task, engine, surroundings.wasmFiles);
    case 'torch-1':
    case 'torch-n':
      throw new Error('PyTorch runs in a process of its own.');
  }
}

/** @param body starts one repetition; what it gives is waited for. */
export async function timed(count: number, body: () => unknown, settle: () => Promise<number | null>): Promise<Block> {
  const start = performance.now();
  for (let i = 0; i < count; i += 1) {
    const started = body();
    if (started instanceof Promise) await started;
  }
  const loss = await settle();
  return { ms: (performance.now() - start) / count, loss };
}
