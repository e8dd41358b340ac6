import type { Plan } from '@/compiler/plan';
import type { Problem } from '@/core/problem';
import type { Result } from '@/core/result';
import type { Recipe } from '@/recipe/recipe';

/**
 * A batch of fixed size. The last one of an epoch is filled up with further examples of the epoch that count for
 * nothing: `counts` is 1 for an example that counts and 0 for a filler.
 */
export interface Batch {
  /** One array per input of the plan: batchSize × elements. */
  readonly inputs: readonly Float32Array[];
  /** Classes: batchSize indices. Values: batchSize × values. One array per output. */
  readonly targets: readonly Float32Array[];
  readonly counts: Float32Array;
}

/** Everything that a run needs to go on exactly where it was. */
export interface ProgramState {
  /** Optimizer steps taken. */
  readonly step: number;
  /** By key, `nodePath/weight`; batch norm's statistics included. */
  readonly weights: Readonly<Record<string, Float32Array>>;
  /** By `nodePath/weight/slot`. */
  readonly slots: Readonly<Record<string, Float32Array>>;
}

export interface StepReport {
  /** Mean over the examples that count; not finite when the run has diverged. */
  readonly loss: number;
  /** Sum of the metric over the examples that count, `null` without one. */
  readonly correct: number | null;
  readonly counted: number;
}

export interface Evaluation {
  readonly loss: number;
  /** Mean of the metric, `null` without one. */
  readonly accuracy: number | null;
  /** Rows: true class, columns: predicted class; `null` for values. */
  readonly confusion: readonly (readonly number[])[] | null;
}

/** Where a number that is not finite first appeared. */
export interface Divergence {
  readonly phase: 'forward' | 'gradient' | 'update';
  /** Node path of the layer; `null` for the loss itself. */
  readonly path: string | null;
}

export interface ProgramOptions {
  readonly recipe: Pick<Recipe, 'optimizer' | 'loss' | 'weightDecay' | 'clipNorm' | 'batchSize'>;
  readonly seed: number;
  /** Whether targets are class indices or values. */
  readonly task: 'classes' | 'values';
  /** Whether steps will be taken: what has to be compiled for them then is, before the first. Default: no. */
  readonly trains?: boolean;
}

/** Is told in words what is being done, and the share of it that is done where it is known. */
export type OnPhase = (what: string, share?: number) => void;

/**
 * A plan made runnable on one backend. Typed arrays in and out: callers never see a tensor.
 * Every implementation answers alike, to rounding: one contract suite holds them to it.
 */
export interface Program {
  readonly plan: Plan;
  readonly backend: string;
  /** One optimizer step. Queues work; losses are read later, many at a time. */
  step(batch: Batch, learningRate: number): void;
  /** Reports of all steps since the last read, oldest first. */
  read(): Promise<readonly StepReport[]>;
  /** In inference mode, over any number of batches. */
  evaluate(batches: Iterable<Batch>): Promise<Evaluation>;
  /** Outputs of the plan in inference mode, one array per output; any number of examples. */
  predict(inputs: readonly Float32Array[], count: number): Promise<readonly Float32Array[]>;
  /** Outputs of each layer in inference mode, by node path; one array per output port. */
  activations(inputs: readonly Float32Array[], count: number): Promise<Readonly<Record<string, readonly Float32Array[]>>>;
  /** Loss and gradients of the trainable weights on a batch, in training mode, by key. Changes nothing. */
  gradients(batch: Batch): Promise<{ readonly loss: number; readonly gradients: Readonly<Record<string, Float32Array>> }>;
  /** Weights by key. */
  weights(): Promise<Readonly<Record<string, Float32Array>>>;
  state(): Promise<ProgramState>;
  /**
   * Takes over weights, slots and step; what is missing keeps its value. What the network has not, or has in another
   * size, is a problem (`state.unknown`, `state.size`) and changes nothing.
   */
  restore(state: Partial<ProgramState>): Result<null, Problem>;
  /** Remembers the present state on the device, for `rewind`; the last mark counts. */
  mark(): void;
  /** Back to the last mark; reports of the steps since then that were not read are dropped with them. */
  rewind(): void;
  /** Runs a step's passes on a batch and says where the first number that is not finite appears; `null` if nowhere. */
  diagnose(batch: Batch, learningRate: number): Promise<Divergence | null>;
  /** Live tensors and bytes of the backend, for leak tests. */
  memory(): { readonly tensors: number; readonly bytes: number };
  /** Frees all; doing so again does no harm. */
  dispose(): void;
}

