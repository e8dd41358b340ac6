import type { Tensor } from '@tensorflow/tfjs';
import { type Padding, size4, spellOut } from './convolution';
import { mendGradient } from './mend';
import type { Tf } from './tf';

interface PoolAttrs {
  filterSize: number | [number, number];
  strides: number | [number, number];
  pad: Padding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * Gradient of average pooling with padding: the mean is over the cells inside the input, forward and backward. Stock
 * tfjs divides by the whole window backward, on every backend.
 */
export function mendAvgPoolGradient(tf: Tf): void {
  mendGradient(tf, 'AvgPool', (stock) => ({
    ...stock,
    gradFunc: (dy, saved, attrs) => {
      const { filterSize, strides, pad, dimRoundingMode } = attrs as object as PoolAttrs;
      const [x] = saved;
      if (!x || Array.isArray(dy)) return stock.gradFunc(dy, saved, attrs);
      const info = tf.backend_util.computePool2DInfo(size4(x.shape), filterSize, strides, 1, pad, dimRoundingMode);
      const rows = cellsInside(info.inHeight, info.outHeight, info.filterHeight, info.strideHeight, info.padInfo.top);
      const columns = cellsInside(info.inWidth, info.outWidth, info.filterWidth, info.strideWidth, info.padInfo.left);
      return {
        x: () => {
          const heights = tf.tensor4d(rows, [1, rows.length, 1, 1]);
          const widths = tf.tensor4d(columns, [1, 1, columns.length, 1]);
          const scaled = tf.mul(tf.mul(dy, heights), widths);
          const inputs = { dy: scaled, input: x };
          return tf.engine().runKernel<Tensor>('AvgPoolGrad', inputs, { filterSize, strides, pad: spellOut(pad) });
        },
      };
    },
  }));
}

/** For each window along one axis: its size over the cells of it that lie inside the input. */
function cellsInside(size: number, out: number, window: number, stride: number, before: number): number[] {
  return Array.from({ length: out }, (_, i) => {
    const start = i * stride - before;
    return window / (Math.min(size, start + window) - Math.max(0, start));
  });
}
