import type { Plan } from '@/compiler/plan';
import type { Problem } from '@/core/problem';
import type { Result } from '@/core/result';
import type { Trial } from '@/engine/backends/choose';
import type { BackendName } from '@/engine/backends/prepare';
import type { BackendChoice } from '@/engine/createProgram';
import type { Divergence, Evaluation, ProgramState } from '@/engine/program';
import type { Recipe } from '@/recipe/recipe';
import type { InputTransform } from './standardise';

export type { BackendChoice, BackendName, Trial };

/** Everything a run needs, as plain data; later edits of the document don't reach it. */
export interface TrainingJob {
  readonly plan: Plan;
  readonly recipe: Recipe;
  readonly seed: number;
  /** Id of a dataset. */
  readonly dataset: string;
  /** At most so many training (and validation and test) examples; for quick looks. */
  readonly limit?: number;
  readonly backend: BackendChoice;
  /** Go on from here instead of from initial weights. */
  readonly resume?: Checkpoint;
}

export interface EpochReport {
  /** Counts from 1. */
  readonly epoch: number;
  /** Means over the epoch's steps, in training mode. */
  readonly loss: number;
  readonly accuracy: number | null;
  readonly valLoss: number | null;
  readonly valAccuracy: number | null;
  /** Milliseconds, validation included. */
  readonly ms: number;
}

/** Curves of a run so far. */
export interface RunHistory {
  /** Loss and accuracy of every step, in order. */
  readonly losses: readonly number[];
  readonly accuracies: readonly (number | null)[];
  readonly epochs: readonly EpochReport[];
}

/** A run at a step boundary: going on from it gives the numbers that never stopping would have given. */
export interface Checkpoint {
  readonly state: ProgramState;
  readonly history: RunHistory;
}

/** How a run came to its backend. */
export interface BackendReport {
  readonly name: BackendName;
  /**
   * Asked for by name; timed before this run or an earlier one of such a network; or taken untimed, because no other
   * comes into question.
   */
  readonly how: 'asked' | 'timed' | 'remembered' | 'alone';
  /** One for each backend on offer; none where it was asked for. */
  readonly trials: readonly Trial[];
}

/** A run that left its backend for another one and goes on. */
export interface BackendMove {
  /** As the programs say it: `webgl 2`, `wasm · SIMD · 2 threads`. */
  readonly from: string;
  readonly to: string;
  /** Step from whose end the new backend goes on. Those that were told and come after it are taken again, untold. */
  readonly step: number;
  /** Why, as a warning. */
  readonly problem: Problem;
}

export interface RunInfo {
  /** `wasm · SIMD · 2 threads`. */
  readonly backend: string;
  readonly choice: BackendReport;
  readonly trainCount: number;
  readonly validationCount: number;
  readonly testCount: number;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  /** Names of classes, `null` for values. */
  readonly classes: readonly string[] | null;
  /** What is done to stored inputs: a model taken elsewhere needs the same. */
  readonly inputs: InputTransform;
  /** Parts of the recipe that this version does not perform, in words. */
  readonly notPerformed: readonly string[];
}

/** What a run tells, in order. */
export type TrainingEvent =
  /**
   * Before the first step, and before the first new one on another backend: what is being done, and how far, 0 … 1 where
   * that is known.
   */
  | { readonly kind: 'preparing'; readonly what: string; readonly share: number | null }
  | { readonly kind: 'started'; readonly info: RunInfo; readonly step: number }
  | { readonly kind: 'moved'; readonly move: BackendMove }
  /** A few times a second. */
  | {
      readonly kind: 'steps';
      /** Steps taken in all, these included. */
      readonly step: number;
      readonly losses: readonly number[];
      readonly accuracies: readonly (number | null)[];
      readonly learningRate: number;
      /** Median of the recent ones. */
      readonly msPerStep: number;
      /** Estimated, evaluation included. */
      readonly msLeft: number;
    }
  | {
      readonly kind: 'epoch';
      readonly report: EpochReport;
      readonly validation: Evaluation | null;
      readonly checkpoint: Checkpoint;
    }
  /** Every few seconds within an epoch, so that a closed window loses no more than that. */
  | { readonly kind: 'checkpoint'; readonly checkpoint: Checkpoint }
  | { readonly kind: 'paused'; readonly checkpoint: Checkpoint }
  | { readonly kind: 'resumed' }
  /** The end: all epochs done, or stopped by the user with what was learnt so far. */
  | {
      readonly kind: 'finished';
      readonly reason: 'completed' | 'stopped';
      readonly test: Evaluation | null;
      readonly checkpoint: Checkpoint;
      readonly msPerStep: number;
    }
  /**
   * A number was not finite. The checkpoint is from before the failing step. The problem's fixes change the recipe:
   * their `params` name its fields.
   */
  | {
      readonly kind: 'diverged';
      /** The failing one, counted from 1; the checkpoint is at the one before. */
      readonly step: number;
      readonly divergence: Divergence;
      readonly problem: Problem;
      readonly checkpoint: Checkpoint;
    }
  | { readonly kind: 'failed'; readonly problem: Problem };

/** A network with weights, and the examples that it is asked about. */
export interface PredictionRequest {
  readonly plan: Plan;
  readonly backend: BackendChoice;
  /** By key, one for each weight of the plan. */
  readonly weights: ProgramState['weights'];
  /** One array per input of the plan, as the network takes them, prepared already: count × elements. */
  readonly inputs: readonly Float32Array[];
  readonly count: number;
}

/** One array per output of the plan: count × elements. */
export type Predictions = readonly Float32Array[];

/** The page's side of a run; the worker holds the rest. */
export interface TrainingClient {
  /** Resolves when the run has ended; all outcomes come as events. One run at a time: a new one stops the old. */
  start(job: TrainingJob, onEvent: (event: TrainingEvent) => void): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Ends the run after the present step, with its test evaluation; a second stop leaves that out. */
  stop(): Promise<void>;
  /** Asks a network for its outputs, in inference mode; beside a run it takes turns with its steps. */
  predict(request: PredictionRequest): Promise<Result<Predictions, Problem>>;
  /** Forgets all that was timed, so that the next run times its backends anew. */
  forgetTimes(): Promise<void>;
  dispose(): void;
}
