import type { Tensor } from '@tensorflow/tfjs';
import { kept, onEngine, only } from './gradients';
import { setGradient } from './mend';
import { type PoolAttrs, type PoolAxis, type Pooling, poolingOf, spelledOut } from './pool';
import type { Tf } from './tf';

/**
 * Gradient of average pooling with padding: the mean is over the cells inside the input, forward and backward. Stock
 * tfjs divides by the whole window backward, on every backend.
 */
export function mendAvgPoolGradient(tf: Tf): void {
  setGradient(tf, {
    kernelName: 'AvgPool',
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attrs) => {
      const x = kept(saved, 0);
      return { x: () => avgPoolGradient(tf, only(dy), x, poolingOf(tf, x.shape, attrs as object as PoolAttrs)) };
    },
  });
}

/** dy: [batch, h', w', c]  x: [batch, h, w, c], of which only the shape matters → [batch, h, w, c] */
export function avgPoolGradient(tf: Tf, dy: Tensor, x: Tensor, pooling: Pooling): Tensor {
  const heights = tf.tensor4d(excess(pooling.rows), [1, pooling.rows.out, 1, 1]);
  const widths = tf.tensor4d(excess(pooling.columns), [1, 1, pooling.columns.out, 1]);
  const scaled = tf.mul(tf.mul(dy, heights), widths);
  return onEngine(tf)('AvgPoolGrad', { dy: scaled, input: x }, { ...spelledOut(pooling) });
}

/** For each window along one axis: its size over the cells of it that lie inside the input. */
function excess({ size, window, stride, before, out }: PoolAxis): number[] {
  return Array.from({ length: out }, (_, i) => {
    const start = i * stride - before;
    return window / (Math.min(size, start + window) - Math.max(0, start));
  });
}
