import { expect, it } from 'vitest';
import { interquartileRange, median } from './statistics';

it('medians and quartiles lie between order statistics, as NumPy has them', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  // numpy.percentile([1, 2, 4, 8, 16], [75, 25]) is [8, 2]; of [1, 2, 4, 8] it is [5, 1.75].
  expect(interquartileRange([16, 8, 4, 2, 1])).toBe(6);
  expect(interquartileRange([1, 2, 4, 8])).toBe(3.25);
  expect(interquartileRange([7])).toBe(0);
});
