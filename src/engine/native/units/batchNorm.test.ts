import { describe, it, vi } from 'vitest';
import type { Entry } from '../../testing/plans';
import { expectAlike } from '../testing';

vi.setConfig({ testTimeout: 60_000 });

const image = (...shape: number[]): Entry => ['in', 'input', { shape }];
const ending: readonly Entry[] = [['f', 'flatten'], ['d', 'dense', { units: 3, activation: 'softmax' }], ['out', 'output']];
const variants = [
  {}, { scale: false }, { center: false }, { scale: false, center: false }, { frozen: true }, { frozenAffine: true },
  { frozen: true, frozenAffine: true }, { momentum: 0.3, epsilon: 1e-2 },
];

describe('batch norm on our kernels', () => {
  it.each(variants)('%o, with a ReLU after it and without', async (params) => {
    await expectAlike([
      image(6, 5, 2),
      ['c1', 'conv2d', { filters: 5, kernel: [3, 3] }],
      ['b1', 'batchNorm', params],
      ['a1', 'activation', { activation: 'relu' }],
      ['c2', 'conv2d', { filters: 8, kernel: [2, 2] }],
      ['b2', 'batchNorm', params],
      ...ending,
    ]);
  });

  it.each([1, 2, 3, 4, 6, 8, 10, 16, 33])('%d channels of vectors, sequences, images and volumes', async (count) => {
    for (const sizes of [[], [7], [5, 6], [3, 2, 4]]) {
      const shape = [...sizes, count];
      await expectAlike([
        image(4),
        ['h', 'dense', { units: shape.reduce((product, size) => product * size, 1) }],
        ['r', 'reshape', { shape }],
        ['b', 'batchNorm', {}],
        ['a', 'activation', { activation: 'relu' }],
        ...(sizes.length > 0 ? ending : ending.slice(1)),
      ], 13);
    }
  });
});
