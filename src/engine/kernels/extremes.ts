import type { Tensor } from '@tensorflow/tfjs';
import { kept, only, sumTo } from './gradients';
import { setGradient } from './mend';
import type { Tf } from './tf';

type ReductionAttrs = Record<'reductionIndices' | 'axis', number | number[]>;

/** What each reduction calls its axes. */
const axesOf = { Max: 'reductionIndices', Min: 'axis' } as const;

/**
 * Equal extremes share their gradient equally, as PyTorch's amax, amin, maximum and minimum have it: the least of the
 * subgradients. Stock tfjs gives the whole of it to every extreme of a reduction, so that a sum of gradients is more
 * than what came in, and to the first operand of a pair; and it forgets to sum where an operand was broadcast.
 */
export function mendExtremeGradients(tf: Tf): void {
  for (const kernelName of ['Max', 'Min'] as const) {
    setGradient(tf, {
      kernelName,
      inputsToSave: ['x'],
      outputsToSave: [true],
      gradFunc: (dy, saved, attrs) => {
        const [x, y] = [kept(saved, 0), kept(saved, 1)];
        const axes = tf.util.parseAxisParam((attrs as object as ReductionAttrs)[axesOf[kernelName]], x.shape);
        const shape = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
        return {
          x: () => {
            const extremes = tf.cast(tf.equal(x, tf.reshape(y, shape)), 'float32');
            const share = tf.div(tf.reshape(only(dy), shape), tf.sum(extremes, axes, true));
            return tf.mul(extremes, share);
          },
        };
      },
    });
  }

  const wins = { Maximum: tf.greater, Minimum: tf.less };
  for (const kernelName of ['Maximum', 'Minimum'] as const) {
    setGradient(tf, {
      kernelName,
      inputsToSave: ['a', 'b'],
      gradFunc: (dy, saved) => {
        const [a, b] = [kept(saved, 0), kept(saved, 1)];
        const share = (one: Tensor, other: Tensor) => () => {
          const whole = tf.cast(wins[kernelName](one, other), 'float32');
          const half = tf.mul(tf.cast(tf.equal(one, other), 'float32'), 0.5);
          return sumTo(tf, tf.mul(only(dy), tf.add(whole, half)), one.shape);
        };
        return { a: share(a, b), b: share(b, a) };
      },
    });
  }
}
