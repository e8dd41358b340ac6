import { expect, it } from 'vitest';
import { kerasRegularizer, penaltyOf, readPenalty, stockRegularizer } from './penalty';

it('is nothing where both factors are 0', () => {
  expect(penaltyOf({ l1: 0, l2: 0 })).toBeUndefined();
  expect(stockRegularizer({ l1: 0, l2: 0 })).toBeNull();
  expect(kerasRegularizer({ l1: 0, l2: 0 })).toBeUndefined();
});

it('is written as Keras spells it', () => {
  expect(kerasRegularizer({ l1: 0, l2: 5e-4 })).toEqual({ source: 'regularizers.L2(5e-4)' });
  expect(kerasRegularizer({ l1: 0.1, l2: 0.2 })).toEqual({ source: 'regularizers.L1L2(0.1, 0.2)' });
});

it.each<readonly [unknown, { readonly l1: number; readonly l2: number }]>([
  [null, { l1: 0, l2: 0 }],
  [{ className: 'L1L2', config: { l1: 0, l2: 0.01 } }, { l1: 0, l2: 0.01 }],
  [{ className: 'L2', config: { l2: 5e-4 } }, { l1: 0, l2: 5e-4 }],
  [{ className: 'L1', config: { l1: 1e-3 } }, { l1: 1e-3, l2: 0 }],
])('%j is read as Keras writes it', (kernelRegularizer, value) => {
  expect(readPenalty({ kernelRegularizer })).toEqual({ ok: true, value });
});

it('of another kind is refused', () => {
  const orthogonal = { className: 'OrthogonalRegularizer', config: { factor: 0.01, mode: 'rows' } };
  expect(readPenalty({ kernelRegularizer: orthogonal })).toMatchObject({ ok: false });
  expect(readPenalty({ kernelRegularizer: 'l2' })).toMatchObject({ ok: false });
});
