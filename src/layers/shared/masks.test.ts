import { describe, expect, it } from 'vitest';
import { randomStream } from '@/core/random';
import { dropoutMask } from './masks';

describe('a dropout mask', () => {
  it('drops its share and scales up the rest, so that the mean stays', () => {
    const n = 100_000;
    for (const rate of [0.1, 0.5, 0.9]) {
      const mask = dropoutMask(n, rate, randomStream(1, 'drop'));
      const dropped = mask.filter((factor) => factor === 0).length / n;
      // Five standard errors of a share.
      expect(Math.abs(dropped - rate)).toBeLessThan(5 * Math.sqrt((rate * (1 - rate)) / n));
      expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]));
    }
  });
});
