import { describe, expect, it, vi } from 'vitest';
import type { Padding } from '@/core/params';
import { randomStream } from '@/core/random';
import { axisWindow } from '@/layers/shared/windows';
import { expectAlike, planAround } from './testing';

// The reference on cpu takes seconds for the larger ones.
vi.setConfig({ testTimeout: 60_000 });

type Draw = ReturnType<typeof drawsOf>;

/** Choices from a seed. */
function drawsOf(seed: number, purpose: string) {
  const random = randomStream(seed, `test/${purpose}`);
  const between = (from: number, to: number) => from + random.below(to - from + 1);
  const one = <T>(of: readonly T[]): T => of[random.below(of.length)]!;
  return { between, one };
}

const ACTIVATIONS = ['linear', 'linear', 'relu', 'softmax'] as const;

/** Channels, filters and groups that divide both; 1 to 33, as often as not no multiple of a vector. */
function channelsOf({ between, one }: Draw) {
  const groups = one([1, 1, 1, 2, 3, 5]);
  const most = Math.floor(33 / groups);
  return { groups, channels: groups * between(1, most), filters: groups * between(1, most) };
}

/** A convolution over so many axes, each at least as large as what its window reaches. */
function convolution(seed: number, rank: 1 | 2) {
  const draw = drawsOf(seed, `conv${rank}d`);
  const { between, one } = draw;
  const { groups, channels, filters } = channelsOf(draw);
  const each = <T>(make: () => T) => Array.from({ length: rank }, make);
  const kernel = each(() => between(1, 7));
  const stride = each(() => between(1, 3));
  const dilation = each(() => between(1, 3));
  const kind = one(['valid', 'same', 'numeric', ...(rank === 1 ? ['causal'] : [])]);
  const padding = kind === 'numeric' ? each(() => [between(0, 3), between(0, 3)] as const) : kind;
  const sizes = kernel.map((taps, axis) => {
    const reach = dilation[axis]! * (taps - 1) + 1;
    // The layer refuses a valid window that leaves lines unseen only in strict mode.
    return kind === 'same' || kind === 'causal' ? between(1, 9) : reach + between(0, 5);
  });
  const params = {
    filters,
    kernel,
    stride,
    dilation,
    padding,
    groups,
    bias: one([true, false]),
    activation: one(ACTIVATIONS),
  };
  return { params, shape: [...sizes, channels], batch: between(1, 9) };
}

const seeds = (count: number) => Array.from({ length: count }, (_, i) => i);
const titled = (rank: 1 | 2, count: number) =>
  seeds(count).map((seed) => {
    const drawn = convolution(seed, rank);
    return [`${JSON.stringify(drawn.params)} on ${drawn.batch}×${drawn.shape.join('×')}`, drawn] as const;
  });

describe('convolutions at random shapes: outputs, gradients of kernel, bias and input, two steps', () => {
  const drawn = [...titled(1, 30).map((it) => [1, ...it] as const), ...titled(2, 50).map((it) => [2, ...it] as const)];

  it.each(drawn)('conv%id %s', async (rank, _title, { params, shape, batch }) => {
    await expectAlike(planAround([`conv${rank}d`, params], [shape], batch), { batch });
  });

  it('between them show every padding, stride, dilation, kernel and kind of channels', () => {
    const all = drawn.map(([, , { params, shape }]) => ({ ...params, channels: shape.at(-1)! }));
    const seen = (values: readonly unknown[]) => new Set(values);
    expect(seen(all.map(({ padding }) => (typeof padding === 'string' ? padding : 'numeric'))).size).toBe(4);
    expect(seen(all.flatMap(({ stride }) => stride)).size).toBe(3);
    expect(seen(all.flatMap(({ dilation }) => dilation)).size).toBe(3);
    expect(seen(all.flatMap(({ kernel }) => kernel)).size).toBe(7);
    expect(seen(all.map(({ groups }) => groups)).size).toBe(4);
    expect(seen(all.map(({ channels }) => channels % 4)).size).toBe(4);
    expect(all.some(({ kernel, stride }) => kernel.some((taps, axis) => taps < stride[axis]!))).toBe(true);
    expect(
      all.some(({ groups, channels, filters }) => groups > 1 && (filters / groups) % 4 > 0 && channels / groups > 1),
    ).toBe(true);
    const windows = drawn.flatMap(([, , { params, shape }]) =>
      params.kernel.map((_, axis) => axisWindow(shape[axis]!, { ...params, padding: params.padding as Padding }, axis)),
    );
    expect(windows.some(({ unseen }) => unseen > 0)).toBe(true);
  });
});

describe('convolutions that are cut into several chunks', () => {
  it.each([
    ['rows of an image in blocks', { filters: 2, kernel: [2, 3], padding: 'same' }, [60, 100, 7], 2],
    ['blocks with a stride', { filters: 3, kernel: [3, 2], stride: [2, 3], padding: 'same' }, [62, 110, 9], 2],
    ['more weights than are summed apart', { filters: 130, kernel: [3, 3], padding: 'same' }, [3, 3, 65], 3],
    ['as many images as there are parts and one', { filters: 3, kernel: [2, 2] }, [4, 4, 3], 9],
  ] as const)('%s', async (_title, params, shape, batch) => {
    await expectAlike(planAround(['conv2d', params], [shape], batch), { batch });
  });
});

describe('3 × 3 filters at stride 1, the commonest of all', () => {
  it.each([
    [{ filters: 16, padding: 'same' }, [8, 8, 16], 4],
    [{ filters: 16, padding: 'same', activation: 'relu' }, [16, 16, 8], 2],
    [{ filters: 32, padding: 'same', bias: false }, [8, 8, 64], 1],
    [{ filters: 20, padding: 'valid', activation: 'relu' }, [13, 9, 12], 3],
    [{ filters: 4, padding: 'valid' }, [3, 3, 4], 5],
    [
      {
        filters: 8,
        padding: [
          [2, 1],
          [0, 2],
        ],
      },
      [7, 10, 4],
      9,
    ],
    [{ filters: 12, padding: 'same', activation: 'softmax' }, [5, 21, 8], 1],
  ] as const)('%j on %j, %i examples', async (params, shape, batch) => {
    await expectAlike(planAround(['conv2d', { kernel: [3, 3], ...params }], [shape], batch), { batch });
  });
});

describe('dense layers at random shapes', () => {
  const drawn = seeds(30).map((seed) => {
    const { between, one } = drawsOf(seed, 'dense');
    const params = {
      units: one([between(1, 33), between(1, 300)]),
      bias: one([true, false]),
      activation: one(ACTIVATIONS),
    };
    const shape = one([[between(1, 33)], [between(1, 9), between(1, 33)], [between(100, 700)]]);
    return [`${JSON.stringify(params)} on ${shape.join('×')}`, { params, shape, batch: between(1, 40) }] as const;
  });

  it.each(drawn)('%s', async (_title, { params, shape, batch }) => {
    await expectAlike(planAround(['dense', params], [shape], batch), { batch });
  });
});
