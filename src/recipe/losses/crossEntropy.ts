import type * as tf from '@tensorflow/tfjs';
import type { LossDefinition, Tf } from '../define';
import { classTargets, outputsOf, rows } from '../shared/predictions';

/** Least probability whose logarithm is taken; Keras' epsilon. */
const leastProbability = 1e-7;

const sumUnits = (tf: Tf, terms: tf.Tensor): tf.Tensor1D => tf.sum<tf.Tensor1D>(terms, 1);

/**
 * −log π_y, the negative log-likelihood of the true class y. [batch] and [batch, units] → [batch]
 *
 * From softmax logits z: logsumexp(z) − z_y. From sigmoid logits, with t = 1 for the true class and 0 otherwise:
 * −t·log σ(z) − (1 − t)·log(1 − σ(z)) = softplus((1 − 2t)z), summed over the units: one unit is binary cross-entropy,
 * more are one against the rest. Both are finite, with their true gradient, however large z. Outputs are taken as
 * probabilities and clipped from below, where the gradient is 0.
 * Goodfellow, Bengio & Courville 2016, "Deep Learning", §6.2.2.
 */
export const crossEntropy: LossDefinition = {
  type: 'crossEntropy',
  title: 'Cross-entropy',
  summary: 'How surprised the network is by the true class: −log of the probability it gives it.',
  tasks: ['classes'],
  probabilities: true,
  formula: '−log π_y',
  perExample: (tf, targets, predictions, from) => {
    const given = rows(tf, predictions);
    const wanted = classTargets(tf, targets, given.shape[1]);
    const single = given.shape[1] === 1;
    if (from === 'sigmoidLogits') {
      return sumUnits(tf, tf.softplus(tf.mul(tf.sub(1, tf.mul(wanted, 2)), given)));
    }
    // tf.logSoftmax shifts by the largest logit, and its gradient is the closed form.
    if (from === 'softmaxLogits' && !single) return tf.neg(sumUnits(tf, tf.mul(wanted, tf.logSoftmax(given))));
    const outputs = outputsOf(tf, given, from);
    const ofTrueClass = single
      ? tf.add(tf.mul(wanted, outputs), tf.mul(tf.sub(1, wanted), tf.sub(1, outputs)))
      : tf.mul(wanted, outputs);
    return tf.neg(tf.log(tf.clipByValue(sumUnits(tf, ofTrueClass), leastProbability, 1)));
  },
};
