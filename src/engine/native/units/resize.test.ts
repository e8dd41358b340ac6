import { describe, it } from 'vitest';
import type { Rank } from '@/core/shape';
import { sideValues } from '@/layers/shared/sides';
import { around, expectSame, ranks } from '../spatialTesting';

const sizes = [4, 3, 2];

describe.each(ranks)('along %s axes', (rank: Rank) => {
  const inputs = sizes.slice(0, rank);

  it.each(['nearest', 'linear'])('up-sampling to %s', async (interpolation) => {
    for (const [factor, channels] of [[[2, 2, 2], 4], [[3, 1, 2], 3], [[1, 4, 3], 9]] as const) {
      await expectSame(around(`upSampling${rank}d`, { factor: factor.slice(0, rank), interpolation }, inputs, channels), 4);
    }
  });

  it('zeros around, and borders cut off', async () => {
    const sides = [[2, 0], [1, 3], [0, 1]].slice(0, rank) as [number, number][];
    await expectSame(around(`zeroPadding${rank}d`, sideValues(rank, sides), inputs, 5), 4);
    const wide = inputs.map((size) => size + 4);
    await expectSame(around(`cropping${rank}d`, sideValues(rank, sides), wide, 5), 4);
  });

  it.each(['reflect', 'replicate', 'circular'])('borders continued: %s', async (mode) => {
    const sides = [[2, 3], [1, 2], [1, 0]].slice(0, rank) as [number, number][];
    await expectSame(around(`reflectionPadding${rank}d`, { mode, ...sideValues(rank, sides) }, inputs, 3), 4);
  });
});

describe('resizing', () => {
  it.each([{ interpolation: 'nearest' }, { interpolation: 'bilinear' }, { interpolation: 'bilinear', alignCorners: true }])(
    'like the reference: %o',
    async (params) => {
      for (const size of [[7, 5], [3, 9], [1, 2]]) {
        await expectSame(around('resize', { ...params, size }, [5, 4], 3), 4);
      }
    },
  );
});

describe('channels and pixels', () => {
  it.each([1, 2, 3])('become each other, a factor of %s', async (factor) => {
    await expectSame(around('pixelShuffle', { factor }, [3, 4], 5 * factor ** 2), 4);
    await expectSame(around('pixelUnshuffle', { factor }, [3 * factor, 2 * factor], 3), 4);
  });
});
