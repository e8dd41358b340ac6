import { float } from '@/core/params';
import { defineOptimizer } from '../define';

/**
 * v′ = ρv + (1 − ρ)g², θ′ = θ − λg/(√v′ + ε). Tieleman & Hinton 2012, lecture 6.5.
 * ε stands outside the root, as in PyTorch; Keras has it inside, √(v′ + ε).
 */
export const rmsprop = defineOptimizer({
  type: 'rmsprop',
  title: 'RMSProp',
  summary: 'Divides each gradient by the root of its recent mean square.',
  reference: 'Tieleman & Hinton 2012, Neural Networks for Machine Learning, lecture 6.5',
  params: {
    decay: float({
      label: 'Decay ρ',
      hint: 'Share of the old mean square that is kept.',
      min: 0,
      max: 1,
      default: 0.9,
    }),
    // Above 0: a gradient that has always been 0 would be divided by 0.
    epsilon: float({
      label: 'Epsilon ε',
      hint: 'Keeps small gradients from long steps.',
      min: 1e-12,
      max: 1,
      default: 1e-8,
    }),
  },
  defaultLearningRate: 0.001,
  slots: ['square'],
  update: (tf, { weight, gradient, slots, learningRate, params: { decay, epsilon } }) => {
    const square = tf.add(tf.mul(slots.square!, decay), tf.mul(tf.square(gradient), 1 - decay));
    const step = tf.div(tf.mul(gradient, learningRate), tf.add(tf.sqrt(square), epsilon));
    return { weight: tf.sub(weight, step), slots: { square } };
  },
});
