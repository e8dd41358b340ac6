import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../define';

/**
 * y = γ·x̂ + β with x̂ = (x − μ)/√(σ² + ε), μ and σ² over all axes but the last. Biased σ², as in training everywhere.
 * x: [batch, …, channels]; gamma, beta: [channels] → the same as x
 * Ioffe & Szegedy 2015, algorithm 1; the gradient is that of §3 brought to one line,
 * ∂x = γ/√(σ² + ε) · (∂y − mean(∂y) − x̂·mean(∂y·x̂)).
 */
export function normaliseByBatch(
  tf: Tf,
  x: Tensor,
  { gamma, beta }: { readonly gamma: Tensor; readonly beta: Tensor },
  { mean, variance }: { readonly mean: Tensor; readonly variance: Tensor },
  epsilon: number,
): Tensor {
  const axes = Array.from({ length: x.rank - 1 }, (_, axis) => axis);
  const count = x.size / gamma.size;
  const op = tf.customGrad((...given) => {
    const [input, scale, offset] = given as Tensor[];
    const save = given.at(-1) as (tensors: Tensor[]) => void;
    if (!input || !scale || !offset) throw new Error('Batch norm takes an input, a scale and an offset.');
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    const centred = tf.mul(tf.sub(input, mean), inverse);
    save([centred, scale, inverse]);
    return {
      value: tf.add(tf.mul(centred, scale), offset),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [normal, factor, spread] = saved;
        if (!normal || !factor || !spread) throw new Error('Batch norm lost what it had saved.');
        const dBeta = tf.sum(dy, axes);
        const dGamma = tf.sum(tf.mul(dy, normal), axes);
        const pulled = tf.sub(tf.sub(dy, tf.div(dBeta, count)), tf.mul(normal, tf.div(dGamma, count)));
        return [tf.mul(pulled, tf.mul(factor, spread)), dGamma, dBeta];
      },
    };
  });
  return op(x, gamma, beta);
}
