import type { Tensor } from '@tensorflow/tfjs';
import type { Draws } from '@/layers/define';
import { draws } from '../draws';
import type { Comparison } from './comparison';

const SHAPES: readonly (readonly number[])[] = [
  [1],
  [7],
  [64, 120],
  [33, 5],
  [5, 3, 2],
  [3, 7, 5, 1],
  [2, 1, 1, 9],
  [2, 3, 1, 5, 3],
  [2, 1, 3, 2, 3, 2],
  [200, 301],
];

/** Streams whose keys and counters have all their bits in use. */
const STREAMS: readonly (readonly [seed: number, purpose: string, step: number])[] = [
  [1, 'layer/drop1', 0],
  [4_123_456_789, 'layer/block/2/noise', 7 * 2 ** 32 + 3_000_000_001],
];

const drawn = (
  name: string,
  tolerance: number,
  draw: (from: Draws, shape: readonly number[]) => Tensor,
): readonly Comparison[] =>
  SHAPES.flatMap((shape) =>
    STREAMS.map(([seed, purpose, step]): Comparison => ({
      name: `${name} of ${shape.join('×')} from ${purpose}`,
      run: (tf) => draw(draws(tf, seed, purpose, step), shape),
      tolerance,
    })),
  );

/** Random numbers, which webgl and webgpu draw themselves: the processor's to the bit where nothing is rounded. */
export const DRAWN: readonly Comparison[] = [
  ...drawn('dropout', 0, (from, shape) => from.dropping(shape, 0.3)),
  ...drawn('two values', 0, (from, shape) => from.dropping(shape, 0.9, { dropped: -1.7, kept: 0.1 })),
  ...drawn('normal numbers', 2e-6, (from, shape) => from.normal(shape, 0.5, 2)),
];
