import { defineOptimizer } from '../define';
import { momentumParam } from '../shared/momentumParam';

/**
 * Momentum with the gradient taken where the momentum is about to lead, at θ − γΔ:
 * Δ′ = γΔ + λ∇J(θ − γΔ), θ′ = θ − Δ′. Nesterov 1983; Sutskever et al. 2013, eq. 3.
 *
 * In the change of variables of Bengio, Boulanger-Lewandowski & Pascanu 2013, §3.5, that PyTorch uses too, the weights
 * held are φ = θ − γΔ, so that the gradient g is taken where the weights are: Δ′ = γΔ + λg, φ′ = φ − (γΔ′ + λg).
 * λ stands inside Δ, as in momentum.
 */
export const nesterov = defineOptimizer({
  type: 'nesterov',
  title: 'Nesterov',
  summary: 'Momentum that looks ahead: the gradient is taken where the next step is about to lead.',
  reference:
    'Nesterov 1983; Bengio, Boulanger-Lewandowski & Pascanu 2013, Advances in Optimizing Recurrent Networks, §3.5',
  params: { momentum: momentumParam },
  defaultLearningRate: 0.01,
  slots: ['delta'],
  update: (tf, { weight, gradient, slots, learningRate, params }) => {
    const own = tf.mul(gradient, learningRate);
    const delta = tf.add(tf.mul(slots.delta!, params.momentum), own);
    return { weight: tf.sub(weight, tf.add(tf.mul(delta, params.momentum), own)), slots: { delta } };
  },
});
