import { expect, it } from 'vitest';
import { axes, padding, parseParams, type Param } from './params';

const why = (param: Param, value: unknown): string | null => {
  const parsed = parseParams({ value: param }, { value });
  return parsed.ok ? null : parsed.error.map(({ message }) => message).join();
};

it('a size per axis is a list as long as there are axes', () => {
  const kernel = axes({ label: 'Kernel', rank: 3, min: 1, max: 9, default: [3, 3, 3] });
  expect(why(kernel, [1, 9, 3])).toBeNull();
  expect(why(kernel, [3, 3])).toBe('Kernel can’t be [3,3]: expected 3 whole numbers in brackets, one per axis.');
  expect(why(kernel, [3, 3, 10])).not.toBeNull();
  expect(why(kernel, [3, 3, 1.5])).not.toBeNull();
  expect(why(axes({ label: 'Kernel', rank: 1, default: [3] }), 3)).not.toBeNull();
});

it('padding is a name or a pair of numbers from 0 per axis, and says why something is not', () => {
  const image = padding({ label: 'Padding', rank: 2, default: 'valid' });
  const sequence = padding({ label: 'Padding', rank: 1, default: 'valid', causal: true });
  const pool = padding({ label: 'Padding', rank: 2, default: 'valid', numeric: false });
  const ones = [
    [1, 1],
    [0, 2],
  ];
  for (const value of ['valid', 'same', ones]) expect(why(image, value)).toBeNull();
  for (const value of ['valid', 'causal', [[1, 0]]]) expect(why(sequence, value)).toBeNull();
  const negative = [
    [0, -1],
    [0, 0],
  ];
  const half = [
    [0.5, 0],
    [0, 0],
  ];
  expect(why(image, negative)).toBe('Padding can’t be [[0,-1],[0,0]]: -1 is negative, and padding can only add.');
  expect(why(image, half)).toBe('Padding can’t be [[0.5,0],[0,0]]: 0.5 is not a whole number.');
  expect(why(image, 'causal')).toBe(
    'Padding can’t be "causal": expected “valid”, “same” or 2 pairs [before, after], one per axis.',
  );
  expect(why(sequence, ones)).toContain('expected “valid”, “same”, “causal” or one [before, after].');
  expect(why(pool, ones)).toContain('expected “valid” or “same”.');
});
