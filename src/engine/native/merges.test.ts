import { describe, expect, it } from 'vitest';
import type { Entry } from '@/compiler/testing/draw';
import { planOf } from '../testing/plans';
import { expectAlike, learnedInput, nativeProgram, planAround, referenceProgram, squaredError, valuesBatch } from './testing';

/** Shapes of inputs that go together: alike, repeated along an axis, each along another's, single numbers. */
const alike = [[[7], [7]], [[3, 5, 3], [3, 5, 3]], [[2, 37], [2, 37]]];
const repeated = [
  [[5], [1]],
  [[1], [5]],
  [[6, 1], [1, 7]],
  [[3, 5, 8], [1, 1, 8]],
  [[1, 1, 3], [3, 5, 3]],
  [[3, 3, 39], [1, 1, 39]],
  [[1, 1, 21], [2, 3, 21]],
  [[2, 3, 83], [1, 1, 83]],
  [[3, 3, 1], [3, 3, 37]],
  [[3, 5, 3], [3, 5, 1]],
  [[3, 1, 6], [3, 5, 6]],
  [[1, 4, 1], [3, 1, 5]],
  [[2, 1, 3, 1], [1, 2, 1, 5]],
];

describe.each(['add', 'subtract', 'multiply', 'average', 'maximum', 'minimum'])('%s', (type) => {
  it.each([...alike, ...repeated])('%o and %o', async (...shapes) => {
    await expectAlike(planAround([type], shapes, 3), { batch: 3 });
  });

  if (type !== 'subtract') {
    it('of three, five and six inputs', async () => {
      await expectAlike(planAround([type], [[5], [1], [5]], 3), { batch: 3 });
      await expectAlike(planAround([type], [[4, 3], [4, 1], [1, 3], [4, 3]], 3), { batch: 3 });
      await expectAlike(planAround([type], [[1, 3], [1, 3], [4, 3], [1, 3]], 3), { batch: 3 });
      await expectAlike(planAround([type], [[2, 1, 1], [1, 3, 1], [1, 1, 5]], 3), { batch: 3 });
      await expectAlike(planAround([type], Array.from({ length: 5 }, () => [3, 7]), 3), { batch: 3 });
      await expectAlike(planAround([type], Array.from({ length: 6 }, () => [9]), 3), { batch: 3 });
    });
  }

  it('then a ReLU, of what other layers take too, of the same twice', async () => {
    const plan = planOf([
      ['in', 'input', { shape: [4] }],
      ...learnedInput('x0', [3, 3, 2]),
      ...learnedInput('x1', [3, 3, 2]),
      ['m', type, {}, ['x0Shaped', 'x1Shaped']],
      ['r', 'activation', { activation: 'relu' }],
      ['n', type, {}, ['r', 'x0Shaped']],
      ['q', type, {}, ['n', 'n']],
      ['s', 'add', {}, ['q', 'r']],
      ['out', 'output'],
    ] satisfies readonly Entry[]);
    await expectAlike(plan, { batch: 4 });
  });
});

it.each(['maximum', 'minimum'])('equal inputs of a %s share the gradient', async (type) => {
  const plan = planAround([type], [[4], [4]], 3);
  const batch = valuesBatch(plan, 3, 1);
  const [native, reference] = [await nativeProgram(plan, squaredError(3)), await referenceProgram(plan, squaredError(3))];
  const kernel = Float32Array.from({ length: 12 }, (_, i) => i % 3);
  const gradients = [];
  for (const program of [native, reference]) {
    program.restore({ weights: { 'x0/kernel': kernel, 'x1/kernel': kernel.map((x, i) => (i % 2 === 0 ? x : x + 1)) } });
    gradients.push((await program.gradients(batch)).gradients);
    program.dispose();
  }
  expect(gradients[0]).toEqual(gradients[1]);
  expect(gradients[0]!['x0/kernel']![0]).toBe(gradients[0]!['x1/kernel']![0]);
});

describe('pieces', () => {
  it.each([
    [[[3], [4]], -1],
    [[[2, 5, 3], [4, 5, 3]], 1],
    [[[2, 5, 3], [2, 1, 3]], -2],
    [[[3, 4, 1], [3, 4, 5], [3, 4, 2]], 3],
    [[[1, 2, 3, 2], [3, 2, 3, 2]], 1],
    [[[2, 3, 16], [2, 3, 43]], -1],
    [[[3, 80, 80], [2, 80, 80]], 1],
  ] as const)('concatenate %o along %i', async (shapes, axis) => {
    await expectAlike(planAround(['concatenate', { axis }], shapes, 3), { batch: 3 });
  });

  it.each([
    [[6, 4], { axis: 1, begin: -1 }],
    [[8], { begin: 2, end: 5 }],
    [[3, 7, 2], { axis: 2, begin: 1, end: -2 }],
    [[2, 3, 2, 4], { begin: -2, end: -1 }],
    [[3, 2], { axis: 1 }],
  ] as const)('slice of %o, %o', async (shape, params) => {
    await expectAlike(planAround(['slice', params], [shape], 3), { batch: 3 });
  });

  it('split, whose parts go different ways, and one goes nowhere', async () => {
    const parts = (params: object, wires: (from: string) => readonly Entry[]) =>
      planOf([['in', 'input', { shape: [4] }], ...learnedInput('x0', [3, 4, 6]), ['s', 'split', { ...params }], ...wires('s')]);
    await expectAlike(parts({ by: 'equal', parts: 2 }, (s) => [['out', 'output', {}, [s]]]), { batch: 4 });
    await expectAlike(
      parts({ axis: 2, by: 'sizes', sizes: [1, 2, 1] }, (s) => [
        ['a', 'activation', { activation: 'tanh' }, [s]],
        ['j', 'concatenate', { axis: 2 }, ['a', 'x0Shaped']],
        ['out', 'output'],
      ]),
      { batch: 4 },
    );
  });
});
