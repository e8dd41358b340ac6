import type * as tfjs from '@tensorflow/tfjs';
import type { Tf } from '../define';

/** So many numbers by a rule. */
export const linesFrom = (count: number, line: (index: number) => number): readonly number[] =>
  Array.from({ length: count }, (_, index) => line(index));

/** [batch, …, channels] with lines of one value, zeros unless told, around each axis between. */
export function padded(
  tf: Tf,
  x: tfjs.Tensor,
  sides: readonly (readonly [number, number])[],
  value = 0,
): tfjs.Tensor {
  if (sides.flat().every((count) => count === 0)) return x;
  return tf.pad(x, [[0, 0], ...sides.map(([before, after]): [number, number] => [before, after]), [0, 0]], value);
}
