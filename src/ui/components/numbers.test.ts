import { describe, expect, it } from 'vitest';
import { recipeSchema } from '@/recipe/recipe';
import { formatNumber, parseNumber, rulesOf, stepNumber } from './numbers';

describe('a number field', () => {
  it.each([
    ['12', 12],
    [' 1,024 ', 1024],
    ['60 000', 60_000],
    ['1e-3', 0.001],
    ['.5', 0.5],
    ['−2', -2],
  ])('reads %j as %d', (text, value) => {
    expect(parseNumber(text)).toEqual({ ok: true, value });
  });

  it.each([
    ['', {}, 'Write a number.'],
    ['abc', {}, 'Write a number.'],
    ['0,5', {}, 'Write decimals with a point.'],
    ['2.5', { whole: true }, 'Write a whole number.'],
    ['0', { whole: true, min: 1 }, 'It must be at least 1.'],
    ['70000', { max: 65_536 }, 'It can be at most 65,536.'],
    ['0', { above: 0 }, 'It must be greater than 0.'],
    ['1e999', {}, 'Write a number.'],
    ['0x10', {}, 'Write a number.'],
  ])('says of %j under %j what is wrong', (text, rules, message) => {
    expect(parseNumber(text, rules)).toEqual({ ok: false, error: message });
  });

  it('writes small numbers so that they read back', () => {
    expect(formatNumber(1e-8)).toBe('1e-8');
    expect(formatNumber(0.001)).toBe('0.001');
    expect(formatNumber(0.00015)).toBe('1.5e-4');
    for (const value of [1e-8, 0.001, 0.00015, 0.1, 3, 1e6, 0]) {
      expect(parseNumber(formatNumber(value))).toEqual({ ok: true, value });
    }
  });

  it('steps whole numbers by one, rates along 1, 2, 5, others by their last digit', () => {
    expect(stepNumber(3, 1, { whole: true })).toBe(4);
    expect(stepNumber(3, 1, { whole: true }, 10)).toBe(13);
    expect(stepNumber(0.001, 1, { above: 0 })).toBe(0.002);
    expect(stepNumber(0.001, -1, { above: 0 })).toBe(0.0005);
    expect(stepNumber(0.002, 1, { above: 0 })).toBe(0.005);
    expect(stepNumber(0.05, 1, {})).toBe(0.1);
    expect(stepNumber(0.9, 1, {})).toBe(1);
    expect(stepNumber(0.7, -1, {})).toBe(0.6);
  });

  it('stops at its bounds', () => {
    expect(stepNumber(1, -1, { whole: true, min: 1 })).toBe(1);
    expect(stepNumber(60, 1, { whole: true, max: 65 }, 10)).toBe(65);
    expect(stepNumber(0, -1, { min: 0 })).toBe(0);
  });

  it('takes its bounds from the recipe’s own schema', () => {
    expect(rulesOf(recipeSchema.shape.batchSize)).toMatchObject({ whole: true, min: 1, max: 65_536 });
    expect(rulesOf(recipeSchema.shape.learningRate)).toMatchObject({ whole: false, above: 0, max: 1e6 });
    expect(rulesOf(recipeSchema.shape.clipNorm)).toMatchObject({ above: 0 });
    expect(rulesOf(recipeSchema.shape.weightDecay)).toMatchObject({ min: 0 });
  });
});
