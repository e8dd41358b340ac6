import { float } from '@/core/params';
import { defineOptimizer } from '../define';

/**
 * m′ = β₁m + (1 − β₁)g, v′ = β₂v + (1 − β₂)g², θ′ = θ − λ·m̂/(√v̂ + ε), where m̂ = m′/(1 − β₁ᵗ) and v̂ = v′/(1 − β₂ᵗ)
 * make up for the start at 0. Kingma & Ba 2015, algorithm 1; ε beside √v̂, as there and in PyTorch.
 */
export const adam = defineOptimizer({
  type: 'adam',
  title: 'Adam',
  summary: 'Momentum over RMSProp, both corrected for their start at zero.',
  reference: 'Kingma & Ba 2015, Adam: A Method for Stochastic Optimization, algorithm 1',
  params: {
    beta1: float({
      label: 'β₁',
      hint: 'Share of the old mean gradient that is kept.',
      min: 0,
      max: 0.9999,
      default: 0.9,
    }),
    beta2: float({
      label: 'β₂',
      hint: 'Share of the old mean square that is kept.',
      min: 0,
      max: 0.999999,
      default: 0.999,
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
  slots: ['mean', 'square'],
  update: (tf, { weight, gradient, slots, step, learningRate, params: { beta1, beta2, epsilon } }) => {
    const mean = tf.add(tf.mul(slots.mean!, beta1), tf.mul(gradient, 1 - beta1));
    const square = tf.add(tf.mul(slots.square!, beta2), tf.mul(tf.square(gradient), 1 - beta2));
    const correctedRoot = tf.div(tf.sqrt(square), Math.sqrt(1 - beta2 ** step));
    const rate = learningRate / (1 - beta1 ** step);
    return {
      weight: tf.sub(weight, tf.div(tf.mul(mean, rate), tf.add(correctedRoot, epsilon))),
      slots: { mean, square },
    };
  },
});
