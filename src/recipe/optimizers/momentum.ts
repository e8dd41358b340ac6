import { defineOptimizer } from '../define';
import { momentumParam } from '../shared/momentumParam';

/**
 * Δ′ = γΔ + λg, θ′ = θ − Δ′. Polyak 1964; Sutskever et al. 2013, eq. 1.
 * λ stands inside Δ. PyTorch keeps v = Δ/λ instead: the same at a constant rate; when a schedule changes λ, the steps
 * already in Δ keep the rate they were taken with, where PyTorch rescales them.
 */
export const momentum = defineOptimizer({
  type: 'momentum',
  title: 'Momentum',
  summary: 'Keeps rolling: each step adds to a share of the one before.',
  reference: 'Polyak 1964, Some methods of speeding up the convergence of iteration methods',
  params: { momentum: momentumParam },
  defaultLearningRate: 0.01,
  slots: ['delta'],
  update: (tf, { weight, gradient, slots, learningRate, params }) => {
    const delta = tf.add(tf.mul(slots.delta!, params.momentum), tf.mul(gradient, learningRate));
    return { weight: tf.sub(weight, delta), slots: { delta } };
  },
});
