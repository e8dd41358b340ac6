/** Who computes: we on all threads and on one; stock tfjs; PyTorch on one thread and on all. */
export const engines = ['torch-1', 'torch-n', 'ours-1', 'ours', 'tfjs-cpu', 'tfjs-webgl', 'tfjs-wasm'] as const;
export type Engine = (typeof engines)[number];
export type StockEngine = Extract<Engine, `tfjs-${string}`>;

export const places = ['node', 'browser'] as const;
export type Where = (typeof places)[number];

/** A training step, inference on a batch, an epoch with its evaluation. */
export type What = 'step' | 'forward' | 'epoch';

/** What one engine took in one place. PyTorch's rows stand under `node`. */
export interface Row {
  readonly net: string;
  readonly batch: number;
  readonly engine: Engine;
  readonly where: Where;
  readonly what: What;
  /** Median. */
  readonly ms: number;
  /** Interquartile range, in ms. */
  readonly spread: number;
  /** Blocks of repetitions that the median is of. */
  readonly blocks: number;
}

export const sameRow = (a: Omit<Row, 'ms' | 'spread' | 'blocks'>) => (b: Row) =>
  a.net === b.net && a.batch === b.batch && a.engine === b.engine && a.where === b.where && a.what === b.what;
