import { describe, it } from 'vitest';
import { randomStream } from '@/core/random';
import { around, beside, expectSame } from '../spatialTesting';

/** Convolutions of all kinds, on inputs that they fit. */
function convolution(rank: 1 | 2, seed: number) {
  const random = randomStream(seed, `test/depthwise/${rank}`);
  const each = (low: number, count: number) => Array.from({ length: rank }, () => low + random.below(count));
  const sides = Array.from({ length: rank }, () => [random.below(3), random.below(3)]);
  return {
    params: {
      kernel: each(1, 4),
      stride: each(1, 3),
      dilation: each(1, 2),
      padding: ['valid', 'same', sides][random.below(3)]!,
      activation: random.below(2) === 1 ? 'relu' : 'linear',
      bias: random.below(3) > 0,
      biasInitializer: 'randomNormal',
      multiplier: [1, 1, 2, 3, 5][random.below(5)]!,
    },
    sizes: each(7, 14),
    channels: [1, 2, 3, 4, 6, 9][random.below(6)]!,
    filters: 1 + random.below(9),
  };
}

const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

describe.each([1, 2] as const)('along %s axes', (rank) => {
  it.each(seeds)('a depthwise convolution like the reference, seed %s', async (seed) => {
    const { params, sizes, channels } = convolution(rank, seed);
    await expectSame(around(`depthwiseConv${rank}d`, params, sizes, channels), 9);
  });

  it.each(seeds)('a separable convolution like the reference, seed %s', async (seed) => {
    const { params, sizes, channels, filters } = convolution(rank, seed + 20);
    await expectSame(around(`separableConv${rank}d`, { ...params, filters }, sizes, channels), 9);
  });

  it.each(seeds)('a transposed convolution like the reference, seed %s', async (seed) => {
    const { params: { multiplier: _, ...params }, channels, filters } = convolution(rank, seed + 40);
    const padding = typeof params.padding === 'string' ? params.padding : [[1, 0], [0, 1]].slice(0, rank);
    const sizes = [5, 4].slice(0, rank);
    await expectSame(around(`transposedConv${rank}d`, { ...params, padding, filters }, sizes, channels), 5);
  });
});

describe('convolutions', () => {
  it('of few images, and causal', async () => {
    await expectSame(around('depthwiseConv2d', { padding: 'same', multiplier: 2 }, [6, 5], 3), 1);
    await expectSame(around('separableConv2d', { filters: 3 }, [6, 5], 3), 2);
    await expectSame(around('depthwiseConv1d', { kernel: [4], padding: 'causal', dilation: [2] }, [9], 5), 3);
  });

  it('by kernels of many taps', async () => {
    await expectSame(around('depthwiseConv2d', { kernel: [7, 5], padding: 'same' }, [9, 12], 10), 3);
  });

  it('that spread a kernel narrower than their stride, or whose output is longer than windows reach', async () => {
    const narrow = { filters: 3, kernel: [2, 1], stride: [3, 2], biasInitializer: 'randomNormal', activation: 'relu' };
    await expectSame(around('transposedConv2d', narrow, [3, 4], 5), 4);
    const padded = { filters: 2, stride: [3, 2], outputPadding: [2, 1], padding: [[1, 0], [0, 0]] };
    await expectSame(around('transposedConv2d', padded, [3, 4], 5), 4);
    await expectSame(around('transposedConv2d', { filters: 8, padding: 'same' }, [8, 8], 4), 4);
  });

  it('add to a gradient that another layer has begun', async () => {
    const params = { stride: [2, 2], padding: 'same' };
    await expectSame(beside(['depthwiseConv2d', params], ['depthwiseConv2d', { multiplier: 2 }], [7, 6]), 4);
    const filters = { ...params, filters: 4 };
    await expectSame(beside(['separableConv2d', filters], ['transposedConv2d', filters], [7, 6]), 4);
    await expectSame(beside(['transposedConv2d', filters], ['separableConv2d', filters], [7, 6]), 4);
  });
});
