import type * as tf from '@tensorflow/tfjs';
import type { AnyParams, ParamDefs, ParamValues } from '@/core/params';
import type { Problem } from '@/core/problem';
import type { RandomStream } from '@/core/random';

/** The namespace object; passed in, so that a definition runs nothing by itself. */
export type Tf = typeof tf;

/** Fan in and fan out of a weight. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/** An initialiser as the layers format spells it. */
export interface StockInitializer {
  readonly className: string;
  readonly config: AnyParams;
}

/** Draws initial weights. Pure: typed arrays from a seeded stream, no tensors. */
interface InitializerSpec<D extends ParamDefs> {
  /** Camel case, as in documents: `heNormal`. */
  readonly type: string;
  readonly title: string;
  readonly reference?: string;
  readonly params: D;
  /** What no parameter shows by itself, such as bounds that cross. */
  check?(params: ParamValues<D>): Problem | null;
  /**
   * How the layers format spells it; stock tfjs builds it from this. `shapes` are those of the weights that it draws:
   * some classes of tfjs refuse some shapes, and then another one stands in. Files carry their weights, so that what
   * stands in matters only to somebody who trains the file from scratch elsewhere.
   */
  stock(params: ParamValues<D>, shapes: readonly (readonly number[])[]): StockInitializer;
  /** Row-major values of `shape`. */
  sample(shape: readonly number[], fans: Fans, random: RandomStream, params: ParamValues<D>): Float32Array;
}
export type InitializerDefinition = InitializerSpec<ParamDefs>;

export function defineInitializer<const D extends ParamDefs>(spec: InitializerSpec<D>): InitializerDefinition {
  const { check } = spec;
  return {
    ...spec,
    // Values reach an initialiser only through `parseInitializer`, which checks them.
    check: check && ((params) => check(params as ParamValues<D>)),
    stock: (params, shapes) => spec.stock(params as ParamValues<D>, shapes),
    sample: (shape, fans, random, params) => spec.sample(shape, fans, random, params as ParamValues<D>),
  };
}

/** One update of one weight. Pure: takes tensors, returns new ones. */
interface OptimizerSpec<D extends ParamDefs> {
  readonly type: string;
  readonly title: string;
  readonly summary: string;
  readonly reference: string;
  /** Without the learning rate, which the recipe holds for all of them. */
  readonly params: D;
  readonly defaultLearningRate: number;
  /** Named state per weight, as large as it, zero at the start. */
  readonly slots: readonly string[];
  /**
   * θ′ and the slots' new values, each of the weight's shape. `step` counts from 1.
   * Scratch tensors are left to the caller's `tf.tidy`, which then holds for all weights at once.
   */
  update(
    tf: Tf,
    state: {
      readonly weight: tf.Tensor;
      readonly gradient: tf.Tensor;
      readonly slots: Readonly<Record<string, tf.Tensor>>;
      readonly step: number;
      readonly learningRate: number;
      readonly params: ParamValues<D>;
    },
  ): { readonly weight: tf.Tensor; readonly slots: Readonly<Record<string, tf.Tensor>> };
}
export type OptimizerDefinition = OptimizerSpec<ParamDefs>;

export function defineOptimizer<const D extends ParamDefs>(spec: OptimizerSpec<D>): OptimizerDefinition {
  return {
    ...spec,
    // The one place where an optimizer's own parameter types are forgotten; the recipe's parser checks values before.
    update: (tf, state) => spec.update(tf, { ...state, params: state.params as ParamValues<D> }),
  };
}

/** What the targets are: class indices or values. */
export type Task = 'classes' | 'values';

/**
 * What a loss is computed from: the network's outputs, or the logits before a final softmax or sigmoid.
 * The outputs of a final log-softmax are given as `softmaxLogits`: log-softmax changes nothing the second time.
 */
export type LossInput = 'outputs' | 'softmaxLogits' | 'sigmoidLogits';

export interface LossDefinition {
  readonly type: string;
  readonly title: string;
  readonly summary: string;
  /** Which datasets it goes with; classes are compared as one-hot vectors where the loss is of values. */
  readonly tasks: readonly Task[];
  /** Whether it compares probabilities, so that the network must end in softmax or sigmoid. */
  readonly probabilities: boolean;
  readonly formula: string;
  /**
   * Loss of each example. One unit gives the probability of class 1.
   * targets: classes int32 [batch], values float32 [batch, values]; predictions: [batch, …] → [batch]
   */
  perExample(tf: Tf, targets: tf.Tensor, predictions: tf.Tensor, from: LossInput): tf.Tensor1D;
}

export interface MetricDefinition {
  readonly type: string;
  readonly title: string;
  readonly task: Task;
  /** 1 or 0 (or an error) for each example: [batch]. */
  perExample(tf: Tf, targets: tf.Tensor, predictions: tf.Tensor, from: LossInput): tf.Tensor1D;
}

/** Where a run stands. Steps, of the whole run, and epochs count from 0. */
export interface Position {
  readonly step: number;
  readonly totalSteps: number;
  readonly epoch: number;
}

interface ScheduleSpec<D extends ParamDefs> {
  readonly type: string;
  readonly title: string;
  readonly params: D;
  readonly summary: string;
  readonly reference: string | null;
  /** Factor on the base learning rate. */
  factor(position: Position & { readonly params: ParamValues<D> }): number;
}
export type ScheduleDefinition = ScheduleSpec<ParamDefs>;

export function defineSchedule<const D extends ParamDefs>(spec: ScheduleSpec<D>): ScheduleDefinition {
  return { ...spec, factor: (position) => spec.factor({ ...position, params: position.params as ParamValues<D> }) };
}
