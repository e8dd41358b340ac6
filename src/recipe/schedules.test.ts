import { describe, expect, it } from 'vitest';
import { defaultRecipe } from './recipe';
import { learningRateAt } from './performed';

const factor = (type: string, params: Record<string, unknown>, step: number, epoch = 0, totalSteps = 100) =>
  learningRateAt({ learningRate: 1, schedule: { type, params } }, { step, totalSteps, epoch });

describe('a schedule', () => {
  it('stays constant', () => {
    expect(factor('constant', {}, 99, 9)).toBe(1);
  });

  it('divides every n epochs', () => {
    const rates = [0, 2, 3, 5, 6].map((epoch) => factor('step', { every: 3, divisor: 10 }, 0, epoch));
    expect(rates).toEqual([1, 1, 0.1, 0.1, 0.01]);
  });

  it('decays exponentially by epochs: 0.9³ = 0.729', () => {
    expect(factor('exponential', { decay: 0.9 }, 0, 0)).toBe(1);
    expect(factor('exponential', { decay: 0.9 }, 57, 3)).toBeCloseTo(0.729, 12);
  });

  it('falls along half a cosine: 1, (1 + √½)/2, ½, (1 − √½)/2', () => {
    expect(factor('cosine', {}, 0)).toBe(1);
    expect(factor('cosine', {}, 25)).toBeCloseTo((1 + Math.SQRT1_2) / 2, 12);
    expect(factor('cosine', {}, 50)).toBeCloseTo(0.5, 12);
    expect(factor('cosine', {}, 75)).toBeCloseTo((1 - Math.SQRT1_2) / 2, 12);
    expect(factor('cosine', { final: 0.2 }, 50)).toBeCloseTo(0.6, 12);
    expect(factor('cosine', { final: 0.2 }, 120)).toBeCloseTo(0.2, 12);
  });

  it('warms up along a line that does not begin at 0, then falls from 1', () => {
    const rates = [0, 4, 9, 10, 55].map((step) => factor('cosine', { warmup: 0.1 }, step));
    const expected = [0.1, 0.5, 1, 1, 0.5];
    rates.forEach((rate, i) => expect(rate).toBeCloseTo(expected[i]!, 12));
  });

  it('gives a rate above 0 in a run of one step', () => {
    expect(factor('cosine', { warmup: 0.5 }, 0, 0, 1)).toBe(1);
    expect(factor('cosine', {}, 0, 0, 1)).toBe(1);
  });

  it('multiplies the learning rate of the recipe, and leaves it where it is not performed', () => {
    const position = { step: 0, totalSteps: 10, epoch: 10 };
    const schedule = { type: 'step', params: {} };
    expect(learningRateAt({ ...defaultRecipe, learningRate: 0.5, schedule }, position)).toBeCloseTo(0.05, 12);
    const plateau = { type: 'plateau', params: {} };
    expect(learningRateAt({ ...defaultRecipe, learningRate: 0.5, schedule: plateau }, position)).toBe(0.5);
  });
});
