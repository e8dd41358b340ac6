import type { Tensor } from '@tensorflow/tfjs';
import { spread } from './convolution';
import { alongAxis, kept, onEngine, only } from './gradients';
import { setGradient } from './mend';
import type { Tf } from './tf';

interface Attrs {
  begin: number[];
  end: number[];
  strides: number[];
  beginMask: number;
  endMask: number;
  ellipsisMask: number;
  newAxisMask: number;
  shrinkAxisMask: number;
}

/** The gradient of a strided slice, which stock tfjs lacks: each number back where it came from, zeros elsewhere. */
export function mendStridedSliceGradient(tf: Tf): void {
  setGradient(tf, {
    kernelName: 'StridedSlice',
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attrs) => {
      const { shape } = kept(saved, 0);
      const { begin, end, strides, ...masks } = attrs as object as Attrs;
      const slice = tf.slice_util.sliceInfo(
        shape,
        begin,
        end,
        strides,
        masks.beginMask,
        masks.endMask,
        masks.ellipsisMask,
        masks.newAxisMask,
        masks.shrinkAxisMask,
      );
      return {
        x: () =>
          shape.reduce<Tensor>(
            (placed, size, axis) =>
              alongAxis(tf, placed, axis, (part) =>
                place(tf, part, size, slice.begin[axis] ?? 0, slice.strides[axis] ?? 1),
              ),
            tf.reshape(only(dy), slice.finalShapeSparse),
          ),
      };
    },
  });
}

/** Element i of the middle axis to begin + i·stride, among zeros. [before, n, after] → [before, size, after] */
function place(tf: Tf, part: Tensor, size: number, begin: number, stride: number): Tensor {
  const count = part.shape[1] ?? 0;
  if (count === 0) return tf.zeros([part.shape[0] ?? 1, size, part.shape[2] ?? 1]);
  const step = Math.abs(stride);
  const first = stride > 0 ? begin : begin + (count - 1) * stride;
  const ordered = stride > 0 ? part : tf.reverse(part, 1);
  const apart = spread(onEngine(tf), ordered, [step]);
  const used = (count - 1) * step + 1;
  const cut = tf.slice(apart, [0, 0, 0], [-1, used, -1]);
  return tf.pad(cut, [[0, 0], [first, size - first - used], [0, 0]]);
}
