import { describe, expect, it } from 'vitest';
import { dropoutMask } from './dropout';

describe('a dropout mask', () => {
  it('drops its share and scales up the rest, so that the mean stays', () => {
    const n = 100_000;
    for (const rate of [0.1, 0.5, 0.9]) {
      const mask = dropoutMask(n, rate, 1, 'drop', 0);
      const dropped = mask.filter((factor) => factor === 0).length / n;
      // Five standard errors of a share.
      expect(Math.abs(dropped - rate)).toBeLessThan(5 * Math.sqrt((rate * (1 - rate)) / n));
      expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]));
    }
  });

  it('is the same for the same seed, layer and step, and another for any other', () => {
    const mask = dropoutMask(200, 0.5, 1, 'drop', 7);
    expect(dropoutMask(200, 0.5, 1, 'drop', 7)).toEqual(mask);
    expect(dropoutMask(200, 0.5, 2, 'drop', 7)).not.toEqual(mask);
    expect(dropoutMask(200, 0.5, 1, 'drop2', 7)).not.toEqual(mask);
    expect(dropoutMask(200, 0.5, 1, 'drop', 8)).not.toEqual(mask);
  });
});
