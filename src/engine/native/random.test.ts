import { describe, expect, it } from 'vitest';
import { planOf } from '../testing/plans';
import { expectAlike, learnedInput, nativeProgram, planAround, referenceProgram, squaredError, valuesBatch } from './testing';

const layers = [
  ['dropout', { rate: 0.4 }],
  ['dropout', { rate: 0 }],
  ['alphaDropout', { rate: 0.3 }],
  ['gaussianDropout', { rate: 0.2 }],
  ['gaussianNoise', { deviation: 0.7 }],
  ['stochasticDepth', { rate: 0.5 }],
  ['spatialDropout', { rate: 0.3 }],
] as const;

describe.each(layers)('%s %o', (type, params) => {
  it('draws what the reference draws, step by step', async () => {
    const shapes = type === 'spatialDropout' ? [[3, 5, 3], [7, 24]] : [[7], [3, 5, 3], [6, 37]];
    for (const shape of shapes) await expectAlike(planAround([type, params], [shape], 5), { batch: 5, steps: 3 });
  });

  it('over several chunks', async () => {
    // Numbers of chunks of 16,384, and some more.
    await expectAlike(planAround([type, params], [[99, 101, 3]], 2), { batch: 2 });
  });

  it('leaves what another layer takes too as it is', async () => {
    const plan = planOf([
      ['in', 'input', { shape: [4] }],
      ...learnedInput('x0', [5, 6]),
      ['r', type, params, ['x0Shaped']],
      ['again', type, params],
      ['sum', 'add', {}, ['again', 'x0Shaped']],
      ['out', 'output'],
    ]);
    await expectAlike(plan, { batch: 4 });
  });
});

it('far steps and seeds pick the numbers that they pick in the reference', async () => {
  const plan = planAround(['gaussianNoise', { deviation: 1 }], [[64]], 3);
  const options = { ...squaredError(3), seed: 0xfedcba98 };
  const batch = valuesBatch(plan, 3, 1);
  const losses: number[] = [];
  for (const create of [nativeProgram, referenceProgram]) {
    const program = await create(plan, options);
    const weights = { 'x0/kernel': new Float32Array(3 * 64) };
    program.restore({ weights, step: 2 ** 33 + 2 ** 31 + 5 });
    losses.push((await program.gradients(batch)).loss);
    program.dispose();
  }
  expect(Math.abs(losses[0]! / losses[1]! - 1)).toBeLessThan(1e-6);
});

it('gives the same bits on one thread and on three', async () => {
  const plan = planOf([
    ['in', 'input', { shape: [3] }],
    ...learnedInput('x0', [60, 40, 20]),
    ['a', 'activation', { activation: 'gelu' }],
    ['d', 'dropout', { rate: 0.4 }],
    ['n', 'gaussianNoise', { deviation: 0.7 }],
    ['p', 'prelu'],
    ['s', 'activation', { activation: 'softmax' }, ['p']],
    ['e', 'slice', { axis: 1, begin: -1 }, ['p']],
    ['m', 'multiply', {}, ['s', 'e']],
    ['x', 'maximum', {}, ['m', 'd']],
    ['o', 'average', {}, ['x', 's', 'd']],
    ['out', 'output'],
  ]);
  const batch = valuesBatch(plan, 3, 1);
  const results = [];
  for (const threads of [1, 3]) {
    const program = await nativeProgram(plan, squaredError(3), { threads });
    results.push(await program.gradients(batch));
    program.dispose();
  }
  expect(results[0]).toEqual(results[1]);
});

it('in inference nothing is drawn', async () => {
  for (const [type, params] of layers) {
    const plan = planOf([['in', 'input', { shape: [4, 3] }], ['r', type, params], ['out', 'output']]);
    const program = await nativeProgram(plan, squaredError(1));
    const x = Float32Array.from({ length: 12 }, (_, i) => i - 5);
    expect((await program.predict([x], 1))[0]).toEqual(x);
    program.dispose();
  }
});
