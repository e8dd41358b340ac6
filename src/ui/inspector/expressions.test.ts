import { describe, expect, it } from 'vitest';
import { axes, choice, int, padding } from '@/core/params';
import { asExpression, asLiteral, expressionText, expressionValue } from './expressions';

const names = { filters: 64, k: 3, pad: 'same', i: 0, n: 2 };
const kernel = axes({ label: 'Kernel', rank: 2, min: 1, default: [3, 3] });
const sides = padding({ label: 'Padding', rank: 2, default: 'valid' });
const filters = int({ label: 'Filters', min: 1, default: 32 });
const activation = choice({ label: 'Activation', default: 'relu', options: [{ value: 'relu', label: 'ReLU' }, { value: 'tanh', label: 'tanh' }] });

describe('a line of expressions', () => {
  it('is one for all axes, or one for each', () => {
    expect(expressionValue(kernel, 'k', names)).toEqual({ ok: true, value: [{ expr: 'k' }, { expr: 'k' }] });
    expect(expressionValue(kernel, 'max(k, 1), 1', names)).toEqual({ ok: true, value: [{ expr: 'max(k, 1)' }, { expr: '1' }] });
    expect(expressionValue(kernel, 'k, k, k', names)).toEqual({ ok: false, error: 'there are 2 axes, and 3 numbers' });
  });

  it('is a padding by its name or its size', () => {
    expect(expressionValue(sides, 'pad', names)).toEqual({ ok: true, value: { expr: 'pad' } });
    const half = { expr: '(k - 1) / 2' };
    expect(expressionValue(sides, '(k - 1) / 2', names)).toEqual({ ok: true, value: [[half, half], [half, half]] });
  });

  it('has to fit the parameter', () => {
    expect(expressionValue(filters, 'filters / 3', names)).toMatchObject({ ok: false, error: expect.stringContaining('it comes to 21.3') as string });
    expect(expressionValue(filters, '0', names)).toMatchObject({ ok: false });
    expect(expressionValue(activation, '"gelu"', names)).toMatchObject({ ok: false });
    expect(expressionValue(filters, 'width', names)).toMatchObject({ ok: false, error: 'nothing here is called “width”; there is filters, k, pad, i, n' });
  });

  it('reads back as it was written', () => {
    for (const [param, text] of [[kernel, 'k'], [kernel, 'k, 1'], [sides, 'k - 1'], [filters, '4*filters'], [activation, 'n == 2 ? "relu" : "tanh"']] as const) {
      const value = expressionValue(param, text, names);
      expect(value.ok && expressionText(value.value)).toBe(text);
    }
  });

  it('begins with what was there, and ends as what it came to', () => {
    expect(asExpression(kernel, [5, 5], names)).toEqual([{ expr: '5' }, { expr: '5' }]);
    expect(asLiteral(kernel, [{ expr: 'k' }, { expr: 'k + 1' }], names)).toEqual([3, 4]);
    expect(asLiteral(filters, { expr: 'nothing' }, names)).toBe(32);
  });
});
