import type { Tensor } from '@tensorflow/tfjs';
import { alongAxis, only } from './gradients';
import { setGradient } from './mend';
import type { Tf } from './tf';

interface Attrs {
  paddings: [number, number][];
  mode: 'reflect' | 'symmetric';
}

/** The gradient of mirror padding: what fell on the mirrored part is folded back. Stock tfjs drops it. */
export function mendMirrorPadGradient(tf: Tf): void {
  setGradient(tf, {
    kernelName: 'MirrorPad',
    gradFunc: (dy, _saved, attrs) => {
      const { paddings, mode } = attrs as object as Attrs;
      const skipped = mode === 'reflect' ? 1 : 0;
      return {
        x: () =>
          paddings.reduce<Tensor>(
            (folded, [before, after], axis) =>
              before + after === 0
                ? folded
                : alongAxis(tf, folded, axis, (part) => fold(tf, part, before, after, skipped)),
            only(dy),
          ),
      };
    },
  });
}

/** part: [outer, before + n + after, inner] → [outer, n, inner]; `reflect` skips the outermost element. */
function fold(tf: Tf, part: Tensor, before: number, after: number, skipped: number): Tensor {
  const size = (part.shape[1] ?? 0) - before - after;
  const cut = (from: number, count: number) => tf.slice(part, [0, from, 0], [-1, count, -1]);
  const mirrored = (from: number, count: number, to: number) =>
    tf.pad(tf.reverse(cut(from, count), 1), [[0, 0], [to, size - to - count], [0, 0]]);
  let sum: Tensor = cut(before, size);
  if (before > 0) sum = tf.add(sum, mirrored(0, before, skipped));
  if (after > 0) sum = tf.add(sum, mirrored(before + size, after, size - skipped - after));
  return sum;
}
