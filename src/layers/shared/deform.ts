import type * as tfjs from '@tensorflow/tfjs';
import type { Pair } from '@/core/params';
import type { Tf } from '../define';

type Tensor = tfjs.Tensor;

interface Taps {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
}

/** Rows and columns where the taps of each output look without offsets, output by output. [outputs·taps] each */
function regularTaps({ kernel, stride, dilation }: Taps, sides: readonly Pair[], out: readonly number[]) {
  const [height = 1, width = 1] = out;
  const [kernelRows = 1, kernelColumns = 1] = kernel;
  const taps = kernelRows * kernelColumns;
  const count = height * width * taps;
  const [rows, columns] = [new Float32Array(count), new Float32Array(count)];
  for (let i = 0; i < count; i += 1) {
    const [place, tap] = [Math.floor(i / taps), i % taps];
    const at = (axis: number, output: number, step: number) =>
      output * (stride[axis] ?? 1) - (sides[axis]?.[0] ?? 0) + step * (dilation[axis] ?? 1);
    rows[i] = at(0, Math.floor(place / width), Math.floor(tap / kernelColumns));
    columns[i] = at(1, place % width, tap % kernelColumns);
  }
  return { rows, columns };
}

/** How much the lines before and after a position weigh. [n] → [2, n] */
function shares(tf: Tf, position: Tensor): Tensor {
  const after = tf.sub(position, tf.floor(position));
  return tf.stack([tf.sub(1, after), after]);
}

/** The lines before and after a position, as they count in a bordered image, whose zeros stand for all outside. */
function lines(tf: Tf, position: Tensor, size: number): Tensor {
  const before = tf.floor(position);
  return tf.cast(tf.add(tf.clipByValue(tf.stack([before, tf.add(before, 1)]), -1, size), 1), 'int32');
}

/**
 * The four pixels around each position. Which they are has no gradient, which tfjs can't say of indices.
 * image: [batch, h, w, c]  rows, columns: [batch·n]  →  [4·batch·n, c]
 */
function pixelsAround(tf: Tf, image: Tensor, rows: Tensor, columns: Tensor): Tensor {
  const [batch = 1, height = 1, width = 1, channels = 1] = image.shape;
  const count = rows.size;
  const across = width + 2;
  const pick = tf.customGrad((...given) => {
    const [pixels, down, along, save] = given as [Tensor, Tensor, Tensor, tfjs.GradSaveFunc];
    const area = (height + 2) * across;
    const starts = Int32Array.from({ length: count }, (_, i) => Math.floor((i * batch) / count) * area);
    const ahead = tf.mul(lines(tf, down, height), tf.scalar(across, 'int32'));
    const above = tf.add(ahead, tf.tensor(starts, [1, count], 'int32'));
    const corners = tf.reshape(tf.add(tf.expandDims(above, 1), tf.expandDims(lines(tf, along, width), 0)), [-1]);
    save([corners]);
    const gradFunc = (dy: Tensor | Tensor[], [at]: Tensor[]) => [
      tf.unsortedSegmentSum(dy as Tensor, at as tfjs.Tensor1D, batch * area),
      tf.zeros([count]),
      tf.zeros([count]),
    ];
    return { value: tf.gather(pixels, corners), gradFunc };
  });
  const bordered = tf.pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]]);
  return pick(tf.reshape(bordered, [-1, channels]), rows, columns);
}

/**
 * What the taps of a deformable convolution see: the image between its pixels, bilinearly, zeros outside.
 * x: [batch, h, w, c]  offsets: [batch, h', w', 2·taps], row then column of each tap  →  [batch·h'·w'·taps, c]
 * Dai et al. 2017, "Deformable convolutional networks", eq. 2–4.
 */
export function sampleTaps(tf: Tf, x: Tensor, offsets: Tensor, taps: Taps, sides: readonly Pair[]): Tensor {
  const [batch = 1, , , channels = 1] = x.shape;
  const regular = regularTaps(taps, sides, offsets.shape.slice(1, 3));
  const each = regular.rows.length;
  const moved = tf.reshape(offsets, [batch, each, 2]);
  const position = (axis: number, base: Float32Array) =>
    tf.reshape(tf.add(tf.slice(moved, [0, 0, axis], [-1, -1, 1]), tf.tensor(base, [1, each, 1])), [batch * each]);
  const [rows, columns] = [position(0, regular.rows), position(1, regular.columns)];
  const weights = tf.mul(tf.expandDims(shares(tf, rows), 1), tf.expandDims(shares(tf, columns), 0));
  const weighed = tf.mul(pixelsAround(tf, x, rows, columns), tf.reshape(weights, [-1, 1]));
  return tf.sum(tf.reshape(weighed, [4, batch * each, channels]), 0);
}
