import { describe, expect, it } from 'vitest';
import type { Entry } from '@/compiler/testing/draw';
import { randomStream } from '@/core/random';
import { around, beside, expectSame, inRow, ranks } from '../spatialTesting';
import { startMachine } from '../startMachine';
import { nodeSurroundings } from '../../backends/node';

/** Windows, paddings and sizes of all kinds. */
function windows(rank: 1 | 2 | 3, seed: number) {
  const random = randomStream(seed, `test/windows/${rank}`);
  const each = (low: number, count: number) => Array.from({ length: rank }, () => low + random.below(count));
  const pool = each(1, 4);
  const sides = pool.map((size) => [random.below(1 + Math.floor(size / 2)), random.below(1 + Math.floor(size / 2))]);
  const padding = ['valid', 'same', sides][random.below(3)]!;
  return {
    params: { pool, stride: each(1, 3), padding, ceil: random.below(2) === 1 },
    sizes: each(5, rank === 3 ? 2 : 6),
    channels: [1, 2, 3, 5, 8, 13][random.below(6)]!,
    dilation: each(1, 2),
    countPadding: random.below(2) === 1,
  };
}

const seeds = [1, 2, 3, 4, 5, 6];

describe.each(ranks)('pools along %s axes', (rank) => {
  it.each(seeds)('the largest of windows like the reference, seed %s', async (seed) => {
    const { params, sizes, channels, dilation } = windows(rank, seed);
    await expectSame(around(`maxPool${rank}d`, { ...params, ...(seed % 3 === 0 && { dilation }) }, sizes, channels), 5);
  });

  it.each(seeds)('the mean of windows like the reference, seed %s', async (seed) => {
    const { params, sizes, channels, countPadding } = windows(rank, seed + 20);
    await expectSame(around(`averagePool${rank}d`, { ...params, countPadding }, sizes, channels), 5);
  });

  it.each(['Average', 'Max'])('%s pools to a size asked for', async (kind) => {
    for (const output of [2, 3, 7]) {
      const params = { output: Array.from({ length: rank }, (_, axis) => Math.max(1, output - axis)) };
      await expectSame(around(`adaptive${kind}Pool${rank}d`, params, [5, 4, 3].slice(0, rank), 3), 4);
    }
  });

  it.each(['Average', 'Max'])('%s pools over all places', async (kind) => {
    for (const channels of [3, 6]) {
      for (const keepAxes of [false, true]) {
        await expectSame(around(`global${kind}Pool${rank}d`, { keepAxes }, [5, 4, 3].slice(0, rank), channels), 4);
      }
    }
  });
});

describe('pools', () => {
  it('add to a gradient that another layer has begun', async () => {
    const pool = { pool: [3, 3], stride: [2, 2] };
    await expectSame(beside(['maxPool2d', pool], ['averagePool2d', pool], [7, 6]), 4);
    await expectSame(beside(['globalMaxPool2d'], ['maxPool2d'], [6, 4]), 4);
    await expectSame(beside(['averagePool2d'], ['globalMaxPool2d'], [6, 4]), 4);
  });

  it('with windows that see each pixel once or never', async () => {
    await expectSame(around('maxPool2d', { pool: [2, 2], stride: [3, 4] }, [8, 9], 6), 4);
    await expectSame(around('averagePool2d', { pool: [2, 2], stride: [3, 4] }, [8, 9], 6), 4);
  });

  it.each([1, 2] as const)('say where maxima stood, and put them back, along %s axes', async (rank) => {
    const kinds = [
      { pool: [2, 2], stride: [2, 2] },
      { pool: [3, 2], stride: [2, 1], padding: [[1, 1], [1, 0]] },
      { pool: [3, 3], stride: [2, 2], padding: 'same' },
    ];
    for (const { pool, stride, padding } of kinds) {
      const sides = Array.isArray(padding) ? padding.slice(0, rank) : padding;
      const params = { pool: pool.slice(0, rank), stride: stride.slice(0, rank), ...(sides && { padding: sides }) };
      const sizes = rank === 1 ? [8] : [6, 8];
      const layers: readonly Entry[] = [
        ['pool', `maxPoolWithIndices${rank}d`, params],
        ['back', `maxUnpool${rank}d`, { ...params, size: sizes }, ['pool', 'pool:1']],
      ];
      await expectSame(inRow(layers, sizes, 5), 4);
    }
  });

  it('give the gradient to the first of equal maxima, and let not a number through', async () => {
    const started = await startMachine(nodeSurroundings.native);
    if (!started.ok) throw new Error(started.error.message);
    const { machine, release } = started.value;
    try {
      const place = (values: readonly number[]) => {
        const address = machine.reserve(4 * values.length + 32);
        machine.floats.set(values, address / 4);
        return address;
      };
      const ints = (...values: number[]) => machine.constants(values);
      const ones = place([1, 1, 1, 1]);
      // One row of four pixels, windows of three at stride 1, one channel.
      const [from, to, places] = [place([2, 2, 1, 2, NaN, 2, 2, 7]), place([0, 0, 0, 0]), place([0, 0, 0, 0])];
      const rows = [ints(0, 1), ints(0), ones, 1];
      const columns = [ints(0, 3, 6), ints(0, 1, 2, 1, 2, 3), place([1, 1, 1, 1, 1, 1]), 2];
      const run = (name: string, ...words: readonly number[]) =>
        machine.run(machine.load([machine.operation(name).number, ...words]));
      run('max_pool', from, to, places, 2, 1, 4, 1, ...rows, ...columns, 1);
      const read = (address: number, count: number) => [...machine.floats.slice(address / 4, address / 4 + count)];
      expect(read(to, 4)).toEqual([2, 2, NaN, 7]);
      const [slope, gradient] = [place([10, 20, 30, 40]), place([0, 0, 0, 0, 0, 0, 0, 0])];
      run('max_pool_gradient', slope, places, gradient, 2, 4, 2, 1, 0);
      expect(read(gradient, 8)).toEqual([10, 20, 0, 0, 30, 0, 0, 40]);
    } finally {
      release();
    }
  });
});
