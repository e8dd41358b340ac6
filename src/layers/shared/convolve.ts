import type * as tfjs from '@tensorflow/tfjs';
import type { Pair } from '@/core/params';
import { onEachAxis } from '@/core/shape';
import type { Tf } from '../define';
import { padded } from './lines';
import type { TransposedAxis } from './transposed';

type Tensor = tfjs.Tensor;

/** How a kernel slides; each list has an entry per spatial axis. */
export interface Sliding {
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Zeros before and after. */
  readonly sides: readonly Pair[];
}

/** Groups are convolved together up to so many input channels: fewer are slower than the zeros between them. */
const WORTH_A_CONVOLUTION = 16;

const isOne = (values: readonly number[]) => values.every((value) => value === 1);
const hasSides = (sides: readonly Pair[]) => sides.some(([before, after]) => before > 0 || after > 0);

/** The tensor with its bias, where there is one. */
export const biased = (tf: Tf, x: Tensor, bias: Tensor | undefined): Tensor => (bias ? tf.add(x, bias) : x);

/**
 * Convolution over one to three spatial axes with any stride, dilation and padding, in groups of channels that do not
 * see each other.
 * x: [batch, …, channels]  kernel: […k, channels/groups, filters]  →  [batch, …', filters]
 */
export function convolve(tf: Tf, x: Tensor, kernel: Tensor, sliding: Sliding, groups = 1): Tensor {
  if (sliding.stride.length === 1) return asImage(tf, x, kernel, sliding, (...image) => convolve(tf, ...image, groups));
  if (groups === 1) return slide(tf, x, kernel, sliding);
  const channels = x.shape.at(-1) ?? 1;
  if (groups === channels && sliding.stride.length === 2) {
    const [rows = 1, columns = 1, , filters = 1] = kernel.shape;
    return convolveDepthwise(tf, x, tf.reshape(kernel, [rows, columns, channels, filters / channels]), sliding);
  }
  const together = groupsTogether(groups, channels / groups);
  const blocks = groups / together;
  if (blocks === 1) return slide(tf, x, blockDiagonal(tf, kernel, together), sliding);
  // An axis from the end has a wrong gradient in tfjs's split.
  const kernels = tf.split(kernel, blocks, kernel.rank - 1);
  const parts = tf.split(x, blocks, x.rank - 1);
  const convolved = parts.map((part, i) => slide(tf, part, blockDiagonal(tf, kernels[i]!, together), sliding));
  return tf.concat(convolved, -1);
}

/**
 * Each channel convolved with kernels of its own, over one or two spatial axes.
 * x: [batch, …, channels]  kernel: […k, channels, multiplier]  →  [batch, …', channels·multiplier]
 */
export function convolveDepthwise(tf: Tf, x: Tensor, kernel: Tensor, sliding: Sliding): Tensor {
  const { stride, dilation, sides } = sliding;
  if (stride.length === 1) return asImage(tf, x, kernel, sliding, (...image) => convolveDepthwise(tf, ...image));
  // Backends refuse stride and dilation together; zeros between the taps are the same.
  const apart = !isOne(stride) && !isOne(dilation);
  const inputs: Record<string, Tensor> = { x, filter: apart ? dilated(tf, kernel, dilation) : kernel };
  return tf.engine().runKernel<Tensor>('DepthwiseConv2dNative', inputs, {
    strides: [...stride],
    dilations: apart ? [1, 1] : [...dilation],
    pad: explicit(sides),
    dataFormat: 'NHWC',
  });
}

/**
 * Transposed convolution: each input spreads the kernel over the output, windows added where they overlap.
 * x: [batch, …, channels]  kernel: […k, filters, channels]  →  [batch, …', filters]
 */
export function convolveTransposed(tf: Tf, x: Tensor, kernel: Tensor, axes: readonly TransposedAxis[]): Tensor {
  const [batch = 1] = x.shape;
  const filters = kernel.shape.at(-2) ?? 1;
  const rank = axes.length;
  const taps = dilated(tf, kernel, axes.map(({ dilation }) => dilation));
  const covered = axes.map(({ size, stride }, axis) => (size - 1) * stride + (taps.shape[axis] ?? 1));
  const strides = axes.map(({ stride }) => stride);
  const spread = (): Tensor => {
    if (rank === 3) {
      const size = [batch, ...covered, filters] as [number, number, number, number, number];
      const by = strides as [number, number, number];
      return tf.conv3dTranspose(x as tfjs.Tensor5D, taps as tfjs.Tensor5D, size, by, 'valid');
    }
    const [rows, columns] = rank === 1 ? [1, covered[0] ?? 1] : [covered[0] ?? 1, covered[1] ?? 1];
    const image = rank === 1 ? (tf.expandDims<tfjs.Tensor4D>(x, 1)) : (x as tfjs.Tensor4D);
    const filter = rank === 1 ? (tf.expandDims<tfjs.Tensor4D>(taps, 0)) : (taps as tfjs.Tensor4D);
    const by: [number, number] = [rank === 1 ? 1 : (strides[0] ?? 1), strides.at(-1) ?? 1];
    const y = tf.conv2dTranspose(image, filter, [batch, rows, columns, filters], by, 'valid');
    return rank === 1 ? tf.squeeze(y, [1]) : y;
  };
  const beyond = axes.map(({ before, out }, axis): Pair => [0, Math.max(0, before + out - (covered[axis] ?? 0))]);
  const filled = padded(tf, spread(), beyond);
  const whole = axes.every(({ out }, axis) => out === filled.shape[axis + 1]);
  if (whole) return filled;
  return tf.slice(filled, [0, ...axes.map(({ before }) => before), 0], [batch, ...axes.map(({ out }) => out), filters]);
}

/** One group of channels. Numbers per side are the kernel's own work in two dimensions, zeros around in three. */
function slide(tf: Tf, x: Tensor, filter: Tensor, { stride, dilation, sides }: Sliding): Tensor {
  const volume = stride.length === 3;
  const inputs: Record<string, Tensor> = { x: volume ? padded(tf, x, sides) : x, filter };
  return tf.engine().runKernel<Tensor>(volume ? 'Conv3D' : 'Conv2D', inputs, {
    strides: [...stride],
    dilations: [...dilation],
    pad: volume ? 'valid' : explicit(sides),
    dataFormat: volume ? 'NDHWC' : 'NHWC',
  });
}

/** A sequence as an image of one row. */
function asImage(
  tf: Tf,
  x: Tensor,
  kernel: Tensor,
  { stride, dilation, sides }: Sliding,
  convolveImage: (x: Tensor, kernel: Tensor, sliding: Sliding) => Tensor,
): Tensor {
  const lifted: Sliding = { stride: [1, ...stride], dilation: [1, ...dilation], sides: [[0, 0], ...sides] };
  return tf.squeeze(convolveImage(tf.expandDims(x, 1), tf.expandDims(kernel, 0), lifted), [1]);
}

/** Numbers per side as the kernels of tfjs take them, outer axes first. */
const explicit = (sides: readonly Pair[]) =>
  hasSides(sides) ? [[0, 0], ...sides.map((pair) => [...pair]), [0, 0]] : 'valid';

/** How many of the groups make one convolution. */
function groupsTogether(groups: number, channels: number): number {
  let together = 1;
  while (groups % (together * 2) === 0 && together * 2 * channels <= WORTH_A_CONVOLUTION) together *= 2;
  return together;
}

/** One kernel for several groups, zeros where a filter does not see a channel. […k, c, f] → […k, groups·c, f] */
function blockDiagonal(tf: Tf, kernel: Tensor, groups: number): Tensor {
  if (groups === 1) return kernel;
  const axes = kernel.shape.slice(0, -2);
  const [channels = 1, filters = 1] = kernel.shape.slice(-2);
  const sees = Float32Array.from({ length: groups * channels * filters }, (_, i) =>
    Math.floor(i / filters / channels) === Math.floor(((i % filters) * groups) / filters) ? 1 : 0,
  );
  const all = tf.mul(tf.reshape(kernel, [-1, 1, channels, filters]), tf.tensor(sees, [1, groups, channels, filters]));
  return tf.reshape(all, [...axes, groups * channels, filters]);
}

/** A kernel with zeros between its taps: what dilation is. […k, a, b] → […d·(k − 1) + 1, a, b] */
function dilated(tf: Tf, kernel: Tensor, dilation: readonly number[]): Tensor {
  return dilation.reduce((taps, rate, axis) => {
    if (rate === 1 || taps.shape[axis] === 1) return taps;
    const size = taps.shape[axis] ?? 1;
    const outer = taps.shape.slice(0, axis).reduce((product, n) => product * n, 1);
    const apart = tf.pad(tf.reshape(taps, [outer * size, 1, -1]), [[0, 0], [0, rate - 1], [0, 0]]);
    const cut = tf.slice(tf.reshape(apart, [outer, size * rate, -1]), [0, 0, 0], [-1, rate * (size - 1) + 1, -1]);
    return tf.reshape(cut, taps.shape.with(axis, rate * (size - 1) + 1));
  }, kernel);
}

/** A kernel of one tap that moves nothing: what a 1×1 convolution slides by. */
export const pointwise = (rank: number): Sliding => ({
  stride: onEachAxis(rank, 1),
  dilation: onEachAxis(rank, 1),
  sides: onEachAxis<Pair>(rank, [0, 0]),
});
