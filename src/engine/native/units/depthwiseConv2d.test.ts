import { describe, it } from 'vitest';
import { randomStream } from '@/core/random';
import { around, beside, expectSame, inRow } from '../spatialTesting';

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
      activation: ['linear', 'relu', 'relu6'][random.below(3)]!,
      bias: random.below(3) > 0,
      biasInitializer: 'randomNormal',
      multiplier: [1, 1, 2, 3, 5][random.below(5)]!,
    },
    sizes: each(7, 14),
    channels: [1, 2, 3, 4, 5, 9, 17][random.below(7)]!,
    filters: 1 + random.below(9),
  };
}

const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

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

  // A row of windows is done up to eight at a time, by kernels made for one, two, three, four, five and seven taps.
  it.each([
    [[3, 3], [1, 1], 17, 20],
    [[3, 3], [2, 2], 21, 17],
    [[4, 2], [1, 1], 15, 8],
    [[5, 5], [1, 1], 13, 4],
    [[5, 5], [2, 2], 23, 5],
    [[7, 7], [1, 1], 14, 3],
    [[7, 7], [2, 2], 15, 4],
    [[2, 6], [3, 3], 22, 1],
  ])('of whole rows, kernel %s and stride %s', async (kernel, stride, width, channels) => {
    const params = { kernel, stride, padding: [[2, 1], [1, 3]], biasInitializer: 'randomNormal' };
    await expectSame(around('depthwiseConv2d', params, [6, width], channels), 3);
  });

  it('that zeros alone are seen of, and that see a part of the image', async () => {
    await expectSame(around('depthwiseConv2d', { padding: [[6, 5], [4, 7]] }, [3, 2], 5), 3);
    await expectSame(around('depthwiseConv2d', { kernel: [1, 1], stride: [3, 3] }, [8, 9], 5), 3);
    await expectSame(around('depthwiseConv2d', { kernel: [3, 3], dilation: [3, 2], stride: [2, 1] }, [9, 12], 6), 3);
  });

  it.each(['relu', 'relu6', 'tanh'])('with a layer of %s after it', async (activation) => {
    const scaled = { padding: 'same', biasInitializer: 'randomNormal' };
    await expectSame(inRow([['c', 'depthwiseConv2d', scaled], ['a', 'activation', { activation }]], [5, 6], 7), 4);
  });

  it('of as many groups as channels', async () => {
    const params = { groups: 5, padding: 'same', activation: 'relu', biasInitializer: 'randomNormal' };
    await expectSame(around('conv2d', { ...params, filters: 5 }, [7, 9], 5), 4);
    await expectSame(around('conv2d', { ...params, filters: 15, stride: [2, 1] }, [7, 9], 5), 4);
    await expectSame(around('conv1d', { groups: 3, filters: 6, kernel: [4], dilation: [2] }, [12], 3), 4);
  });

  it.each([
    [2, 8, 12, [1, 1]],
    [4, 16, 16, [1, 1]],
    [4, 16, 32, [2, 1]],
    [3, 24, 12, [2, 2]],
    [2, 32, 32, [1, 1]],
    [3, 9, 6, [1, 2]],
    [2, 10, 4, [3, 1]],
  ])('of %s groups, %s channels and %s filters', async (groups, channels, filters, stride) => {
    const params = { groups, filters, stride, padding: [[1, 1], [2, 0]], activation: 'relu', biasInitializer: 'randomNormal' };
    await expectSame(around('conv2d', params, [7, 10], channels), 4);
  });

  it('of groups add to a gradient that another layer has begun', async () => {
    const grouped = (groups: number) => ({ groups, filters: 24, padding: 'same', stride: [2, 1] });
    const layers = [
      ['w', 'conv2d', { filters: 24 }],
      ['a', 'conv2d', grouped(6), ['w']],
      ['first', 'output'],
      ['b', 'conv2d', grouped(3), ['w']],
      ['second', 'output', {}, ['b']],
      ['c', 'conv2d', grouped(2), ['w']],
    ] as const;
    await expectSame(inRow(layers, [6, 7], 3), 4);
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
