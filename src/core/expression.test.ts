import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, expressionsIn, mapExpressions, namesIn, resolved, withTexts } from './expression';

const names = { filters: 64, i: 2, n: 4, last: false, act: 'relu' };

describe('expressions', () => {
  it.each([
    ['4*filters', 256],
    ['filters / 2 ** i', 16],
    ['2 ** 3 ** 2', 512],
    ['-filters + 1', -63],
    ['7 % 4', 3],
    ['i == 0 ? 2 : 1', 1],
    ['i > 0 && i < n - 1', true],
    ['!last || i == 0', true],
    ['last ? "linear" : act', 'relu'],
    // MobileNet's rule for a whole number of eights: 0.75 · 64 = 48, and 0.35 · 32 = 11.2 → 8 would be too little.
    ['max(8, floor((0.75 * filters + 4) / 8) * 8)', 48],
    ['round(sqrt(filters)) + ceil(1.2) + abs(-3) + min(5, 4)', 17],
  ])('%s is %j', (text, value) => {
    expect(evaluate(text, names)).toEqual({ ok: true, value });
  });

  it.each([
    ['filter', 'nothing here is called “filter”; there is filters, i, n, last, act'],
    ['4 filters', 'two expressions stand side by side; an operator is missing between them'],
    ['(filters', 'unclosed ( at character 8'],
    ['1 / 0', 'it comes to Infinity, which is no number to work with'],
    ['sqrt(0 - 1)', 'it comes to NaN, which is no number to work with'],
    ['act * 2', '“*” takes numbers, not a word'],
    ['filters ? 1 : 2', '“?” takes yes or no (a comparison), not a number'],
    ['pow(2, 3)', 'there is no function “pow”; there is min, max, floor, ceil, round, abs, sqrt'],
    ['floor(1, 2)', '“floor” takes one number, not 2'],
    ['', 'it is empty'],
    ['6 & 3', '“&” is not understood'],
  ])('%j has no value: %s', (text, error) => {
    expect(evaluate(text, names)).toEqual({ ok: false, error });
  });

  it('reaches nothing but its names', () => {
    const tries = ['constructor', '__proto__', 'toString', 'names.filters', 'filters.constructor', 'globalThis', 'min.call(1)', '[1]', '(() => 1)()', 'this'];
    for (const text of tries) expect(evaluate(text, names), text).toMatchObject({ ok: false });
  });

  it('computes sums, products and differences as JavaScript does', () => {
    const number = fc.integer({ min: -1000, max: 1000 });
    const operator = fc.constantFrom('+', '-', '*');
    fc.assert(
      fc.property(number, number, number, operator, operator, (a, b, c, first, second) => {
        const precise = (x: number, op: string, y: number) => (op === '+' ? x + y : op === '-' ? x - y : x * y);
        const value = second === '*' ? precise(a, first, precise(b, second, c)) : precise(precise(a, first, b), second, c);
        expect(evaluate(`a ${first} b ${second} c`, { a, b, c })).toEqual({ ok: true, value });
      }),
    );
  });
});

describe('values with expressions in them', () => {
  it('are worked out at any depth, and others stay the same objects', () => {
    const params = { filters: { expr: '4*filters' }, kernel: [{ expr: 'i + 1' }, 3], padding: 'same' };
    expect(resolved(params, names)).toEqual({ ok: true, value: { filters: 256, kernel: [3, 3], padding: 'same' } });
    const plain = { kernel: [3, 3] };
    expect(resolved(plain, names)).toEqual({ ok: true, value: plain });
    const found = resolved(plain, names);
    expect(found.ok && found.value).toBe(plain);
  });

  it('name the expression that has no value', () => {
    expect(resolved({ units: { expr: '2*width' } }, { filters: 1 })).toMatchObject({
      ok: false,
      error: { code: 'expression', message: '“2*width” can’t be worked out: nothing here is called “width”; there is filters.' },
    });
  });
});

describe('the text of expressions', () => {
  it('holds names beside functions, words and truth values', () => {
    expect([...namesIn('max(filters, i) == 2 ? "same" : last && true ? pad_1 : 0')]).toEqual(['filters', 'i', 'last', 'pad_1']);
  });

  it('takes other texts in place of names, without changing what binds to what', () => {
    const text = withTexts('2*width - max(width, i)', new Map([['width', 'a + 1'], ['i', '0']]));
    expect(text).toBe('2*(a + 1) - max((a + 1), 0)');
    expect(evaluate(text, { a: 3 })).toEqual({ ok: true, value: 4 });
    expect(withTexts('act == "width"', new Map([['width', '1']]))).toBe('act == "width"');
  });

  it('is found and changed at any depth of a value', () => {
    const params = { filters: { expr: 'f' }, kernel: [3, { expr: 'k + 1' }], name: 'k' };
    expect(expressionsIn(params)).toEqual(['f', 'k + 1']);
    expect(mapExpressions(params, (text) => ({ expr: `(${text})` }))).toEqual({ filters: { expr: '(f)' }, kernel: [3, { expr: '(k + 1)' }], name: 'k' });
  });
});
