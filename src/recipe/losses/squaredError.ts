import type { LossDefinition } from '../define';
import { classTargets, outputsOf, rows } from '../shared/predictions';

/**
 * Mean over an example's values of (ŷ − y)². [batch, values] and [batch, …] → [batch]
 *
 * With classes it is regression on what the units should say (0 or 1 for one unit, else one-hot), which the course
 * uses to show why that is a poor classifier; probabilities so judged are the Brier score, divided by the units.
 * Always of the outputs: logits pass through their softmax or sigmoid first. Legendre 1805; Brier 1950.
 */
export const squaredError: LossDefinition = {
  type: 'squaredError',
  title: 'Squared error',
  summary: 'The squared distance between prediction and target, averaged over the values.',
  tasks: ['values', 'classes'],
  probabilities: false,
  formula: '1/m Σ(ŷᵢ − yᵢ)²',
  perExample: (tf, targets, predictions, from) => {
    const outputs = outputsOf(tf, predictions, from);
    const wanted = targets.dtype === 'int32' ? classTargets(tf, targets, outputs.shape[1]) : rows(tf, targets);
    return tf.mean(tf.squaredDifference(outputs, wanted), 1);
  },
};
