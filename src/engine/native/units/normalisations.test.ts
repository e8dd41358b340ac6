import { describe, it, vi } from 'vitest';
import type { Entry } from '../../testing/plans';
import { expectAlike } from '../testing';

vi.setConfig({ testTimeout: 60_000 });

/** Two of a layer between two that learn, on tensors of any shape, a ReLU after the first where `relu`. */
const around = (shape: readonly number[], type: string, params: object, relu = true): readonly Entry[] => [
  ['in', 'input', { shape: [4] }],
  ['h', 'dense', { units: shape.reduce((product, size) => product * size, 1) }],
  ['r', 'reshape', { shape }],
  ['n', type, { ...params }],
  ...(relu ? [['a', 'activation', { activation: 'relu' }] satisfies Entry] : []),
  ['n2', type, { ...params }],
  ['r2', 'reshape', { shape: [shape.reduce((product, size) => product * size, 1)] }],
  ['d', 'dense', { units: 3, activation: 'softmax' }],
  ['out', 'output'],
];

const affines = [{}, { scale: false }, { center: false, epsilon: 1e-3 }, { scale: false, center: false }];
const shapes = [[12], [9], [7, 3], [5, 8], [4, 5, 6], [3, 2, 33], [2, 3, 4, 5], [9, 7, 2], [9, 8, 16]];

describe('normalisations of examples on our kernels', () => {
  it.each(affines)('layer norm %o', async (params) => {
    for (const shape of shapes) {
      await expectAlike(around(shape, 'layerNorm', { over: 'all', ...params }), 5);
      // Two numbers are ±1 whatever they are, and three nearly so: their gradients are what rounding leaves.
      if (shape.at(-1)! > 3) await expectAlike(around(shape, 'layerNorm', { over: 'last', ...params }), 5);
    }
  });

  it.each(affines)('instance norm %o', async (params) => {
    for (const shape of shapes) {
      if (shape.length > 1) await expectAlike(around(shape, 'instanceNorm', params), 5);
    }
  });

  it.each(affines)('group norm %o', async (params) => {
    for (const shape of shapes) {
      const channels = shape.at(-1)!;
      for (const groups of [1, 2, 3, channels]) {
        const lonely = shape.length === 1 && groups === channels;
        if (channels % groups === 0 && !lonely) await expectAlike(around(shape, 'groupNorm', { groups, ...params }), 5);
      }
    }
  });

  it.each([
    {}, { alpha: 5e-4, k: 2 }, { size: 4, alpha: 0.5 }, { size: 3, beta: 1, alpha: 2 }, { size: 1, alpha: 0.3 },
    { size: 100, alpha: 3, beta: 0.5, k: 0.1 }, { alpha: 0 }, { beta: 0 },
  ])('local response norm %o', async (params) => {
    for (const shape of shapes) {
      if (shape.length > 1) await expectAlike(around(shape, 'localResponseNorm', params, false), 5);
    }
  });
});
