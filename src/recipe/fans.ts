import type { Fans } from './define';

/**
 * How many numbers a unit takes in and how many it feeds, as Keras counts them (`compute_fans`).
 * Matrices [in, out]; kernels [...window, in, out], where each channel counts once per cell of the window.
 * A vector's length is both of its fans; a scalar's are 1. The depthwise kernel [h, w, channels, multiplier]
 * counts by the same rule.
 */
export function fansOf(shape: readonly number[]): Fans {
  if (shape.length < 2) return { fanIn: shape[0] ?? 1, fanOut: shape[0] ?? 1 };
  const window = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  return { fanIn: window * shape.at(-2)!, fanOut: window * shape.at(-1)! };
}
