import type { Result } from '@/core/result';
import type { Problem } from '@/core/problem';

/** What the targets are: one class of several, or real numbers. */
export type Task =
  | { readonly kind: 'classes'; readonly names: readonly string[] }
  | { readonly kind: 'values'; readonly names: readonly string[] };

/** Examples of one split, row by row. */
export interface Split {
  readonly count: number;
  /** count × elements of `input`, channels last, in stored units; multiply by the dataset's `scale` for the natural range. */
  readonly inputs: Uint8Array | Float32Array;
  /** Classes: count indices. Values: count × number of values. */
  readonly targets: Uint8Array | Float32Array;
}

export interface Examples {
  readonly train: Split;
  readonly test: Split;
}

/** Reads one static file of the project, by its path below `public/`; fails with a message for people. */
export type ReadFile = (
  path: string,
  onProgress: (loadedBytes: number) => void,
  signal?: AbortSignal,
) => Promise<Result<Uint8Array, Problem>>;

export interface LoadContext {
  readonly read: ReadFile;
  /** Seeds the generated datasets; the others ignore it. */
  readonly seed: number;
  /** Share done, 0 … 1. */
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

/** One dataset: what it is, whom it is owed to, and how to read or make it. */
export interface DatasetDefinition {
  /** Kebab case, as in documents: `fashion-mnist`. */
  readonly id: string;
  readonly title: string;
  /** One sentence for the chooser. */
  readonly summary: string;
  /** Shape of one example, channels last, batch left out: `[28, 28, 1]`. */
  readonly input: readonly number[];
  /** Names of the input's features where they have any: `['x', 'y']`. */
  readonly features?: readonly string[];
  readonly task: Task;
  /** A test count of 0 is legal: too few examples to hold any back. Then there is no test score to report. */
  readonly counts: { readonly train: number; readonly test: number };
  /** Factor from stored units to the natural range of the network: 1/255 for bytes. */
  readonly scale: number;
  /** Bytes to download; 0 when generated. */
  readonly bytes: number;
  readonly licence: string;
  /** Authors, title, year. */
  readonly origin: string;
  load(context: LoadContext): Promise<Result<Examples, Problem>>;
}

export function defineDataset(definition: DatasetDefinition): DatasetDefinition {
  return definition;
}
