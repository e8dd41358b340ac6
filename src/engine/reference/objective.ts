import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs';
import { finalActivation } from '@/compiler/lower';
import type { Plan } from '@/compiler/plan';
import { channels } from '@/core/shape';
import type { LossDefinition, LossInput, MetricDefinition, Task } from '@/recipe/define';
import type { Tf } from '../kernels/tf';
import type { Batch } from '../program';
import { type Network, tensorName } from './network';

/** Where the loss of one output of the plan is taken. */
interface Head {
  /** Name of the tensor it reads: the one before a final softmax or sigmoid. */
  readonly tensor: string;
  readonly from: LossInput;
  readonly units: number;
}

/** What a run minimises, and what it counts beside. */
export interface Objective {
  /** One per output of the plan. */
  readonly heads: readonly Head[];
  readonly loss: LossDefinition;
  readonly metric: MetricDefinition | null;
  readonly task: Task;
}

/** Cuts final softmax and sigmoid layers off, so that the loss is computed from the logits. */
export function headsOf(plan: Plan, network: Network): readonly Head[] {
  const unitOf = new Map(network.units.map((unit) => [unit.name, unit]));
  return plan.outputs.map((output): Head => {
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
  });
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

/** Σ cᵢlᵢ over the examples and the outputs: fillers have cᵢ = 0. */
export function lossSum(tf: Tf, objective: Objective, values: ReadonlyMap<string, Tensor>, batch: DeviceBatch): Scalar {
  const sums = objective.heads.map(({ tensor, from }, i) => {
    const [predictions, targets] = [values.get(tensor), batch.targets[i]];
    if (!predictions || !targets) throw new Error(`Nothing was computed for ${tensor}.`);
    return counting(tf, objective.loss.perExample(tf, targets, predictions, from), batch.counts);
  });
  return sums.reduce((total, each) => tf.add(total, each));
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
