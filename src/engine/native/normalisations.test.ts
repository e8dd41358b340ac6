import { describe, it } from 'vitest';
import { type Entry, planOf } from '../testing/plans';
import { expectAlike, learnedInput, planAround } from './testing';

const BATCH = 5;
const affines = [{}, { scale: false }, { center: false, epsilon: 1e-3 }, { scale: false, center: false }];
const shapes = [[12], [9], [7, 3], [5, 8], [4, 5, 6], [3, 2, 33], [2, 3, 4, 5], [9, 7, 2], [9, 8, 16]];

/** A layer on a learned input alone, with a ReLU after it, and with another that takes its input. */
async function expectLayerAlike(type: string, params: object, shape: readonly number[]): Promise<void> {
  await expectAlike(planAround([type, { ...params }], [shape], BATCH), { batch: BATCH });
  const followed = (...after: readonly Entry[]) =>
    planOf([['in', 'input', { shape: [BATCH] }], ...learnedInput('x', shape), ['n', type, { ...params }], ...after, ['out', 'output']]);
  const relu: Entry = ['a', 'activation', { activation: 'relu' }];
  await expectAlike(followed(relu, ['sum', 'add', {}, ['xShaped', 'a']]), { batch: BATCH });
}

describe('normalisations of examples on our kernels are the reference’s', () => {
  it.each(affines)('layer norm %o', async (params) => {
    for (const shape of shapes) {
      await expectLayerAlike('layerNorm', { over: 'all', ...params }, shape);
      // Two numbers are ±1 whatever they are, and three nearly so: their gradients are what rounding leaves.
      if (shape.at(-1)! > 3) await expectLayerAlike('layerNorm', { over: 'last', ...params }, shape);
    }
  });

  it.each(affines)('instance norm %o', async (params) => {
    for (const shape of shapes) if (shape.length > 1) await expectLayerAlike('instanceNorm', params, shape);
  });

  it.each(affines)('group norm %o', async (params) => {
    for (const shape of shapes) {
      const channels = shape.at(-1)!;
      for (const groups of [1, 2, 3, channels]) {
        const each = shape.reduce((product, size) => product * size, 1) / groups;
        if (channels % groups === 0 && each > 3) await expectLayerAlike('groupNorm', { groups, ...params }, shape);
      }
    }
  });

  it.each([
    {}, { alpha: 5e-4, k: 2 }, { size: 4, alpha: 0.5 }, { size: 3, beta: 1, alpha: 2 }, { size: 1, alpha: 0.3 },
    { size: 100, alpha: 3, beta: 0.5, k: 0.1 }, { alpha: 0 }, { beta: 0 },
  ])('local response norm %o', async (params) => {
    for (const shape of shapes) if (shape.length > 1) await expectLayerAlike('localResponseNorm', params, shape);
  });
});
