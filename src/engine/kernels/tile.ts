import { around, kept, only } from './gradients';
import { setGradient } from './mend';
import type { Tf } from './tf';

/** The gradient of tiling, for any rank: the sum over the copies, axis by axis. Stock tfjs throws from rank 5 on. */
export function mendTileGradient(tf: Tf): void {
  setGradient(tf, {
    kernelName: 'Tile',
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attrs) => {
      const { shape } = kept(saved, 0);
      const { reps } = attrs as object as { reps: number[] };
      return {
        x: () => {
          let sum = only(dy);
          const sizes = [...sum.shape];
          reps.forEach((copies, axis) => {
            if (copies === 1) return;
            sizes[axis] = shape[axis]!;
            const [before, size, after] = around(sizes, axis);
            sum = tf.sum(tf.reshape(sum, [before, copies, size * after]), 1);
          });
          return tf.reshape(sum, shape);
        },
      };
    },
  });
}
