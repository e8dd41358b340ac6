import type { Rank, Tensor, Tensor2D } from '@tensorflow/tfjs';
import { size4 } from './convolution';
import { kept, only } from './gradients';
import { setGradient } from './mend';
import type { Tf } from './tf';

interface Attrs {
  size: [number, number];
  alignCorners: boolean;
  halfPixelCenters: boolean;
}

/** Share of each input position in one output position. */
type Sampling = (source: number, size: number) => readonly (readonly [position: number, share: number])[];

const bilinear: Sampling = (source, size) => {
  const low = Math.max(0, Math.floor(source));
  const high = Math.min(size - 1, Math.ceil(source));
  return [[low, 1 - (source - low)], [high, source - low]];
};

const nearest =
  (round: (source: number) => number): Sampling =>
  (source, size) => [[Math.min(size - 1, Math.max(0, round(source))), 1]];

/**
 * Gradients of resizing. Both directions are separable and linear, so that the gradient is the transposed matrix of
 * each axis. Stock tfjs ignores half-pixel centres backward, and its cpu backend swaps height and width.
 */
export function mendResizeGradients(tf: Tf): void {
  setGradient(tf, {
    kernelName: 'ResizeBilinear',
    inputsToSave: ['images'],
    gradFunc: (dy, saved, attrs) => {
      const { alignCorners, halfPixelCenters } = attrs as object as Attrs;
      const offset = halfPixelCenters ? 0.5 : 0;
      const matrix = samplingMatrix(tf, bilinear, (i, scale) => scale * (i + offset) - offset, alignCorners);
      return { images: () => resizeBack(tf, only(dy), kept(saved, 0).shape, matrix) };
    },
  });

  setGradient(tf, {
    kernelName: 'ResizeNearestNeighbor',
    inputsToSave: ['images'],
    gradFunc: (dy, saved, attrs) => {
      const { alignCorners, halfPixelCenters } = attrs as object as Attrs;
      // With its corners aligned an output takes the nearest input, else the one that it lies in.
      const sampling = nearest(alignCorners ? Math.round : Math.floor);
      const offset = halfPixelCenters ? 0.5 : 0;
      const matrix = samplingMatrix(tf, sampling, (i, scale) => scale * (i + offset), alignCorners);
      return { images: () => resizeBack(tf, only(dy), kept(saved, 0).shape, matrix) };
    },
  });
}

/** Makes the transposed matrix of one axis, [size, resized]. */
function samplingMatrix(
  tf: Tf,
  sampling: Sampling,
  sourceOf: (index: number, scale: number) => number,
  alignCorners: boolean,
): (size: number, resized: number) => Tensor2D {
  return (size, resized) => {
    const isAligned = alignCorners && resized > 1;
    const scale = isAligned ? (size - 1) / (resized - 1) : size / resized;
    const values = new Float32Array(size * resized);
    for (let i = 0; i < resized; i += 1) {
      for (const [position, share] of sampling(sourceOf(i, scale), size)) values[position * resized + i]! += share;
    }
    return tf.tensor2d(values, [size, resized]);
  };
}

/** dy: [batch, h', w', c] → [batch, h, w, c]. One product per axis, with that axis in front. */
function resizeBack(
  tf: Tf,
  dy: Tensor,
  shape: readonly number[],
  matrix: (size: number, resized: number) => Tensor2D,
): Tensor {
  const [batch, height, width, channels] = size4(shape);
  const [, resizedHeight, resizedWidth] = size4(dy.shape);
  const rowsFirst = tf.reshape<Rank.R2>(tf.transpose(dy, [1, 0, 2, 3]), [resizedHeight, -1]);
  const rows = tf.matMul(matrix(height, resizedHeight), rowsFirst);
  const columnsFirst = tf.transpose(tf.reshape(rows, [height, batch, resizedWidth, channels]), [2, 0, 1, 3]);
  const columns = tf.matMul(matrix(width, resizedWidth), tf.reshape<Rank.R2>(columnsFirst, [resizedWidth, -1]));
  return tf.transpose(tf.reshape(columns, [width, height, batch, channels]), [2, 1, 0, 3]);
}
