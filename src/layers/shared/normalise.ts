import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../define';

/**
 * x̂ = (x − μ)/√(σ² + ε) with μ and the biased σ² over the given axes, for each place along the others.
 * The gradient brought to one line, ∂x = (∂x̂ − mean(∂x̂) − x̂·mean(∂x̂·x̂))/√(σ² + ε), means over the same axes.
 * Ioffe & Szegedy 2015, "Batch normalization", §3; Wu & He 2018, "Group normalization", eq. 1.
 */
export function normalise(tf: Tf, x: Tensor, axes: number[], epsilon: number): Tensor {
  const op = tf.customGrad((...given) => {
    const [input] = given as Tensor[];
    const save = given.at(-1) as (tensors: Tensor[]) => void;
    if (!input) throw new Error('There is nothing to normalise.');
    const { mean, variance } = tf.moments(input, axes, true);
    const inverse = tf.rsqrt(tf.add(variance, epsilon));
    const normal = tf.mul(tf.sub(input, mean), inverse);
    save([normal, inverse]);
    return {
      value: normal,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [centred, spread] = saved;
        if (!centred || !spread) throw new Error('The normalisation lost what it had saved.');
        const along = tf.mul(centred, tf.mean(tf.mul(dy, centred), axes, true));
        return [tf.mul(tf.sub(tf.sub(dy, tf.mean(dy, axes, true)), along), spread)];
      },
    };
  });
  return op(x);
}
