import type { RandomStream } from '@/core/random';
import type { Draws, Tf } from '../define';
import { dropoutMask, normals } from './masks';

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** Draws on the processor, from the stream that `begin` begins: what runs everywhere, and what others are held to. */
export const hostDraws = (tf: Tf, begin: () => RandomStream): Draws => ({
  dropping: (shape, rate, values) => tf.tensor(dropoutMask(sizeOf(shape), rate, begin(), values), [...shape]),
  normal: (shape, mean, deviation) => tf.tensor(normals(sizeOf(shape), mean, deviation, begin()), [...shape]),
});
