import { describe, expect, it } from 'vitest';
import { curveOf, decimate, lossCeiling, smooth } from './curve';

describe('smoothing', () => {
  it('halves a value’s weight after its half-life', () => {
    // With half-life 1 the weights of 4, 2 are ¼, ½: (4·¼ + 2·½)/(¾) = 8/3.
    expect([...smooth([4, 2], 1)]).toEqual([4, expect.closeTo(8 / 3, 12)]);
  });

  it('leaves a constant as it is, from the first value on', () => {
    for (const average of smooth(Array<number>(50).fill(0.7), 10)) expect(average).toBeCloseTo(0.7, 12);
  });

  it('passes over gaps and what is not finite', () => {
    for (const average of smooth([3, null, NaN, Infinity], 5)) expect(average).toBeCloseTo(3, 12);
    expect(smooth([null], 5)[0]).toBeNaN();
  });
});

describe('decimation', () => {
  it('keeps every value of a short run', () => {
    expect(decimate([5, 1, 3], 500)).toEqual([0, 1, 2]);
  });

  it('keeps a single spike among a hundred thousand steps, both ends, and few points', () => {
    const values = Array.from({ length: 100_000 }, (_, i) => (i === 76_543 ? 99 : i === 12_345 ? -99 : 1));
    const kept = decimate(values, 500);
    expect(kept).toContain(76_543);
    expect(kept).toContain(12_345);
    expect(kept[0]).toBe(0);
    expect(kept.at(-1)).toBe(99_999);
    expect(kept.length).toBeLessThanOrEqual(2000);
    expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
  });

  it('finds the smallest of a part that begins with a gap', () => {
    const values = Array.from({ length: 100 }, (_, i) => (i % 10 === 0 ? null : i % 10 === 5 ? 0 : 1));
    expect(decimate(values, 10)).toContain(5);
  });
});

describe('a curve', () => {
  it('counts steps from 1 and places validation at its epoch’s last step', () => {
    const curve = curveOf(
      [2, 1.5, 1.2, 1],
      [
        { step: 2, value: 1.6 },
        { step: 4, value: 1.1 },
      ],
      1,
    );
    expect(curve.x).toEqual([1, 2, 3, 4]);
    expect(curve.raw).toEqual([2, 1.5, 1.2, 1]);
    expect(curve.validation).toEqual([null, 1.6, null, 1.1]);
  });

  it('draws what is not finite as a gap', () => {
    expect(curveOf([1, NaN], [{ step: 2, value: NaN }], 1)).toMatchObject({ raw: [1, null], validation: [null, null] });
  });

  it('stays quick over a million steps', () => {
    const values = Array.from({ length: 1_000_000 }, (_, i) => 1 / (1 + i));
    expect(curveOf(values, [], 1000).x.length).toBeLessThanOrEqual(2000);
  });

  it('has an axis that shows a run’s beginning and outlasts its explosion', () => {
    const calm = curveOf([2.3, 1.2, 0.8, 0.5, 0.4, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3], [], 1e-3);
    expect(lossCeiling(calm)).toBeCloseTo(2.3 * 1.06, 6);
    const blown = curveOf([...Array<number>(30).fill(2.3), 1e30], [], 1e-3);
    expect(lossCeiling(blown)).toBeLessThan(10);
    expect(lossCeiling(curveOf([], [], 1))).toBe(1);
  });
});
