import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs';
import { finalActivation } from '@/compiler/lower';
import type { Plan } from '@/compiler/plan';
import { channels } from '@/core/shape';
import { ok, type Result } from '@/core/result';
import type { WeightSpec } from '@/layers/define';
import { parseLoss, type RecipeProblem } from '@/recipe/check';
import type { LossDefinition, LossInput, MetricDefinition, Task } from '@/recipe/define';
import type { Tf } from '../kernels/tf';
import type { Batch } from '../program';
import { type Network, tensorName } from './network';
import type { Tensors } from './tensors';
import type { Unit } from './unit';

/** Where the loss of one output of the plan is taken. */
interface Head {
  /** Name of the tensor it reads: the one before a final softmax or sigmoid. */
  readonly tensor: string;
  readonly from: LossInput;
  readonly units: number;
  readonly loss: LossDefinition;
  /** What its loss is multiplied by before the losses are added up. */
  readonly weight: number;
}

/** What a run minimises, and what it counts beside. */
export interface Objective {
  /** One per output of the plan. */
  readonly heads: readonly Head[];
  /** What weights add to the loss by their size, by key: λ₁Σ|w| + λ₂Σw². */
  readonly penalties: ReadonlyMap<string, Penalty>;
  readonly metric: MetricDefinition | null;
  readonly task: Task;
}

type Penalty = NonNullable<WeightSpec['penalty']>;

export const penaltiesOf = (plan: Plan): Objective['penalties'] =>
  new Map(
    plan.layers
      .flatMap(({ weights }) => weights)
      .flatMap(({ key, penalty }) => (penalty && (penalty.l1 > 0 || penalty.l2 > 0) ? [[key, penalty] as const] : [])),
  );

/**
 * Cuts final softmax and sigmoid layers off, so that the loss is computed from the logits. An output has the recipe's
 * loss or one of its own. Problems: those of `parseLoss`.
 */
export function headsOf(
  plan: Plan,
  network: Network,
  recipeLoss: string,
  task: Task,
): Result<readonly Head[], readonly RecipeProblem[]> {
  const unitOf = new Map(network.units.map((unit) => [unit.name, unit]));
  const heads: Head[] = [];
  for (const output of plan.outputs) {
    const { params = {} } = plan.layers[output] ?? {};
    const own = typeof params.loss === 'string' && params.loss !== 'recipe' ? params.loss : recipeLoss;
    const loss = parseLoss(own, task);
    if (!loss.ok) return loss;
    const weight = typeof params.weight === 'number' ? params.weight : 1;
    heads.push({ ...readingOf(plan, network, unitOf, output), loss: loss.value, weight });
  }
  return ok(heads);
}

function readingOf(
  plan: Plan,
  network: Network,
  unitOf: ReadonlyMap<string, Unit>,
  output: number,
): Pick<Head, 'tensor' | 'from' | 'units'> {
  const { path = '', outputs = [] } = plan.layers[output] ?? {};
  const shape = outputs[0] ?? [];
  const name = network.outputsOf.get(path)?.[0] ?? '';
  const unit = unitOf.get(name);
  const before = unit?.inputs[0];
  const units = channels(shape);
  const activation = finalActivation(plan, output);
  // Losses take all numbers of an example for one softmax, which holds for vectors only.
  if (shape.length === 2 && activation && before !== undefined) {
    return { tensor: tensorName(before), from: activation === 'softmax' ? 'softmaxLogits' : 'sigmoidLogits', units };
  }
  // Log-softmax changes nothing the second time, so its outputs are logits too.
  const isLogarithm = shape.length === 2 && unit?.layer.getConfig().activation === 'logSoftmax';
  return { tensor: name, from: isLogarithm ? 'softmaxLogits' : 'outputs', units };
}

/** A batch on the device. */
export interface DeviceBatch {
  readonly inputs: readonly Tensor[];
  /** One per output; classes int32 [batch], values float32 [batch, values]. */
  readonly targets: readonly Tensor[];
  readonly counts: Tensor1D;
  readonly size: number;
  /** Σ counts. */
  readonly counted: number;
}

/** Outputs without targets of their own take the first's: auxiliary heads learn what the main one does. */
export function upload(tf: Tf, network: Network, { heads, task }: Objective, batch: Batch): DeviceBatch {
  const size = batch.counts.length;
  return {
    inputs: network.inputs.map(({ sizes }, i) => tf.tensor(batch.inputs[i] ?? new Float32Array(), [size, ...sizes])),
    targets: heads.map((_, i) => {
      const values = batch.targets[i] ?? batch.targets[0] ?? new Float32Array();
      return task === 'classes'
        ? tf.tensor1d(Int32Array.from(values), 'int32')
        : tf.tensor2d(values, [size, values.length / size]);
    }),
    counts: tf.tensor1d(batch.counts),
    size,
    counted: batch.counts.reduce((sum, count) => sum + count, 0),
  };
}

/** Σ cᵢlᵢ over the examples and, weighted, over the outputs: fillers have cᵢ = 0. */
export function lossSum(tf: Tf, objective: Objective, values: ReadonlyMap<string, Tensor>, batch: DeviceBatch): Scalar {
  const sums = objective.heads.map(({ tensor, from, loss, weight }, i) => {
    const [predictions, targets] = [values.get(tensor), batch.targets[i]];
    if (!predictions || !targets) throw new Error(`Nothing was computed for ${tensor}.`);
    const sum = counting(tf, loss.perExample(tf, targets, predictions, from), batch.counts);
    return weight === 1 ? sum : tf.mul<Scalar>(sum, weight);
  });
  return sums.reduce((total, each) => tf.add(total, each));
}

/** Mean loss over the examples that count, and what the weights add to it; this is what training minimises. */
export function meanLoss(
  tf: Tf,
  objective: Objective,
  values: ReadonlyMap<string, Tensor>,
  batch: DeviceBatch,
  weights: Tensors,
): Scalar {
  const mean = tf.div<Scalar>(lossSum(tf, objective, values, batch), Math.max(1, batch.counted));
  const penalty = penaltySum(tf, objective, weights);
  return penalty ? tf.add(mean, penalty) : mean;
}

/** Σ λ₁Σ|w| + λ₂Σw² over the weights, `null` where none has any. */
export function penaltySum(tf: Tf, { penalties }: Objective, weights: Tensors): Scalar | null {
  const terms = [...penalties].flatMap(([key, { l1, l2 }]) => {
    const weight = weights[key];
    if (!weight) return [];
    return [
      ...(l1 > 0 ? [tf.mul<Scalar>(tf.sum(tf.abs(weight)), l1)] : []),
      ...(l2 > 0 ? [tf.mul<Scalar>(tf.sum(tf.square(weight)), l2)] : []),
    ];
  });
  return terms.length > 0 ? terms.reduce((total, each) => tf.add(total, each)) : null;
}

/** Σ cᵢmᵢ of the metric over the last output, which stands deepest where others are auxiliary; `null` without one. */
export function metricSum(
  tf: Tf,
  { heads, metric }: Objective,
  values: ReadonlyMap<string, Tensor>,
  batch: DeviceBatch,
): Scalar | null {
  const head = heads.at(-1);
  const predictions = head && values.get(head.tensor);
  const targets = batch.targets.at(-1);
  if (!metric || !predictions || !targets) return null;
  return counting(tf, metric.perExample(tf, targets, predictions, head.from), batch.counts);
}

const counting = (tf: Tf, perExample: Tensor1D, counts: Tensor1D): Scalar => tf.sum<Scalar>(tf.mul(perExample, counts));
