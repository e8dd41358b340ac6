import { defineOptimizer } from '../define';

/** θ′ = θ − λg. Robbins & Monro 1951. */
export const sgd = defineOptimizer({
  type: 'sgd',
  title: 'SGD',
  summary: 'A step against the gradient, as long as the learning rate says.',
  reference: 'Robbins & Monro 1951, A Stochastic Approximation Method',
  params: {},
  defaultLearningRate: 0.01,
  slots: [],
  update: (tf, { weight, gradient, learningRate }) => ({
    weight: tf.sub(weight, tf.mul(gradient, learningRate)),
    slots: {},
  }),
});
