import type * as tf from '@tensorflow/tfjs';
import type { LossInput, Tf } from '../define';

/** Everything of one example in a row. [batch, …] → [batch, values] */
export const rows = (tf: Tf, tensor: tf.Tensor): tf.Tensor2D =>
  tf.reshape<tf.Rank.R2>(tensor, [tensor.shape[0] ?? 0, -1]);

/** The network's outputs [batch, units], whatever the predictions are given as. */
export function outputsOf(tf: Tf, predictions: tf.Tensor, from: LossInput): tf.Tensor2D {
  const given = rows(tf, predictions);
  switch (from) {
    case 'outputs':
      return given;
    case 'softmaxLogits':
      return tf.softmax(given);
    case 'sigmoidLogits':
      return tf.sigmoid(given);
  }
}

/** What the units should say, as floats: 0 or 1 for one unit, else one-hot. int32 [batch] → [batch, units] */
export function classTargets(tf: Tf, targets: tf.Tensor, units: number): tf.Tensor2D {
  const indices = tf.cast<tf.Tensor1D>(tf.reshape<tf.Rank.R1>(targets, [-1]), 'int32');
  return units === 1
    ? tf.reshape<tf.Rank.R2>(tf.cast(indices, 'float32'), [-1, 1])
    : tf.cast<tf.Tensor2D>(tf.oneHot(indices, units) as tf.Tensor2D, 'float32');
}
