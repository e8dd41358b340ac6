import type { Fans } from './define';

/**
 * How many numbers a unit takes in and how many it feeds, as Keras counts them (`compute_fans`): by the last two axes as
 * they stand, whatever they mean. Keras and PyTorch give the same counts but where it says otherwise.
 * - Matrices [in, out].
 * - Kernels [...window, in, out], where each channel counts once per cell of the window. Grouped ones
 *   [...window, in/groups, out].
 * - Transposed kernels [...window, out, in]: fan in counts the channels that come *out*, in PyTorch too.
 * - Depthwise kernels [...window, channels, multiplier] count all channels, though each unit takes one only; PyTorch
 *   counts fan in = window, fan out = channels·multiplier·window. He's deviation is √channels smaller here.
 * - Embeddings [vocabulary, features]: fan in is the vocabulary; PyTorch counts it as fan out.
 * - A vector's length is both of its fans, a scalar's are 1; PyTorch refuses them.
 */
export function fansOf(shape: readonly number[]): Fans {
  if (shape.length < 2) return { fanIn: shape[0] ?? 1, fanOut: shape[0] ?? 1 };
  const window = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  return { fanIn: window * shape.at(-2)!, fanOut: window * shape.at(-1)! };
}
