import type { Tensor } from '@tensorflow/tfjs';
import type { Run } from './convolution';
import type { Tf } from './tf';

/** Runs kernels under the tape, on whatever backend is current. */
export const onEngine =
  (tf: Tf): Run<Tensor> =>
  (kernelName, inputs, attrs) =>
    tf.engine().runKernel<Tensor>(kernelName, inputs, attrs);

/** The output gradient of a kernel that has one output. */
export function only(dy: Tensor | Tensor[]): Tensor {
  const [first, ...others] = [dy].flat();
  if (!first || others.length > 0) throw new Error('Expected the gradient of one output.');
  return first;
}

/** A tensor that the tape has kept for the gradient. */
export function kept(saved: readonly Tensor[], index: number): Tensor {
  const tensor = saved[index];
  if (!tensor) throw new Error(`The tape kept no tensor ${index}.`);
  return tensor;
}

/** Sums the gradient of a broadcast input over what was broadcast. dy: the output's shape → shape */
export function sumTo(tf: Tf, dy: Tensor, shape: readonly number[]): Tensor {
  const axes = tf.broadcast_util.getReductionAxes([...shape], dy.shape);
  return axes.length === 0 ? dy : tf.reshape(tf.sum(dy, axes), [...shape]);
}

/** Applies `f` to one axis of a tensor of any rank, which it sees as [before, axis, after] and may change in size. */
export function alongAxis(tf: Tf, x: Tensor, axis: number, f: (x: Tensor) => Tensor): Tensor {
  const shape = [...x.shape];
  const changed = f(tf.reshape(x, around(shape, axis)));
  shape[axis] = changed.shape[1] ?? 1;
  return tf.reshape(changed, shape);
}

/** [elements before, size of the axis, elements after] */
export function around(shape: readonly number[], axis: number): [number, number, number] {
  const product = (sizes: readonly number[]) => sizes.reduce((total, size) => total * size, 1);
  return [product(shape.slice(0, axis)), shape[axis] ?? 1, product(shape.slice(axis + 1))];
}
