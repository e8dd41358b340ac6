import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../kernels/tf';
import type { Network } from './network';
import { type DeviceBatch, meanLoss, metricSum, type Objective } from './objective';
import type { Tensors } from './tensors';
import type { Pass } from './unit';

export interface Backward {
  /** Mean over the examples that count. */
  readonly loss: Scalar;
  readonly metric: Scalar | null;
  /** Of the trainable weights, by key. */
  readonly gradients: Tensors;
  /** New values of the weights that the pass itself moves. */
  readonly moved: Tensors;
}

/**
 * Forward and backward in training mode. Changes nothing: what the pass moves is handed out.
 * All tensors of the result belong to the caller's `tf.tidy`.
 */
export function backward(
  tf: Tf,
  network: Network,
  objective: Objective,
  trainable: readonly string[],
  batch: DeviceBatch,
  pass: Omit<Pass, 'training' | 'onMoved'>,
): Backward {
  const moved: Record<string, Tensor> = {};
  let metric: Scalar | null = null;
  // The tape frees what its function does not return; what else is wanted of the pass is kept past its end.
  const forward = (): Scalar => {
    const onMoved = (key: string, value: Tensor) => {
      moved[key] = tf.keep(value);
    };
    const values = network.run(batch.inputs, { ...pass, training: true, onMoved });
    const counted = metricSum(tf, objective, values, batch);
    metric = counted && tf.keep(counted);
    return meanLoss(tf, objective, values, batch, pass.weights);
  };
  const weights = trainable.map((key) => pass.weights[key]).filter((weight) => weight !== undefined);
  const { value, grads } =
    weights.length > 0 ? tf.valueAndGrads(forward)(weights) : { value: tf.tidy(forward), grads: [] };
  return {
    loss: value,
    metric: metric && adopt(tf, metric),
    gradients: Object.fromEntries(grads.map((gradient, i) => [trainable[i] ?? '', gradient])),
    moved: Object.fromEntries(Object.entries(moved).map(([key, kept]) => [key, adopt(tf, kept)])),
  };
}

/** A tensor that was kept past its scope, as one of the present scope. */
function adopt<T extends Tensor>(tf: Tf, kept: T): T {
  const adopted = tf.clone(kept);
  kept.dispose();
  return adopted;
}
