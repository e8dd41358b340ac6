import type { MetricDefinition } from '../define';
import { rows } from '../shared/predictions';

/**
 * 1 where the predicted class is the true one. [batch] and [batch, units] → [batch]
 * The unit with the largest output; of one unit, class 1 where its output is above ½, which is a logit above 0.
 * Softmax and sigmoid keep the order, so logits serve as well as outputs.
 */
export const accuracy: MetricDefinition = {
  type: 'accuracy',
  title: 'Accuracy',
  task: 'classes',
  perExample: (tf, targets, predictions, from) => {
    const given = rows(tf, predictions);
    // A softmax over one unit is always 1, so any logit says class 1.
    const threshold = { outputs: 0.5, sigmoidLogits: 0, softmaxLogits: -Infinity }[from];
    const predicted =
      given.shape[1] === 1 ? tf.cast(tf.greater(tf.reshape(given, [-1]), threshold), 'int32') : tf.argMax(given, 1);
    return tf.cast(tf.equal(predicted, tf.cast(tf.reshape(targets, [-1]), 'int32')), 'float32');
  },
};
