import { describe, expect, it } from 'vitest';
import { nodeSurroundings } from '../backends/node';
import { type Entry, planOf } from '../testing/plans';
import { expectAlike, learnedInput, nativeProgram, planAround, resultsOf, squaredError, valuesBatch } from './testing';

const relu: Entry = ['a', 'activation', { activation: 'relu' }];
const image = (size: number): Entry => ['in', 'input', { shape: [size] }];

/** Batch norm on a learned input, and what comes after it. */
const normed = (shape: readonly number[], batch: number, params: object, ...after: readonly Entry[]) =>
  planOf([image(batch), ...learnedInput('x', shape), ['b', 'batchNorm', { ...params }], ...after, ['out', 'output']]);

const variants = [
  {}, { scale: false }, { center: false }, { scale: false, center: false }, { frozen: true }, { frozenAffine: true },
  { frozen: true, frozenAffine: true }, { momentum: 0.3, epsilon: 1e-2 },
];
const shapes = [[1], [3], [10], [16], [7, 3], [5, 6, 6], [4, 4, 8], [3, 2, 4, 5], [9, 8, 33]];

describe.each(variants)('batch norm on our kernels, %o', (params) => {
  it('is the reference’s on any rank and number of channels', async () => {
    for (const shape of shapes) await expectAlike(planAround(['batchNorm', params], [shape], 13), { batch: 13 });
  });

  it('is the reference’s with a ReLU after it, which is a part of it', async () => {
    for (const shape of shapes) await expectAlike(normed(shape, 13, params, relu), { batch: 13 });
  });
});

describe('batch norm and what lies around it', () => {
  it('adds its gradient to those of others that take its input', async () => {
    const sum: Entry = ['sum', 'add', {}, ['xShaped', 'b']];
    await expectAlike(normed([4, 3, 6], 7, {}, sum, relu), { batch: 7 });
    await expectAlike(normed([4, 3, 6], 7, {}, relu, ['sum', 'add', {}, ['xShaped', 'a']]), { batch: 7 });
  });

  it('leaves a ReLU alone that is not the only one to take its output', async () => {
    await expectAlike(normed([4, 3, 6], 7, {}, relu, ['sum', 'add', {}, ['b', 'a']]), { batch: 7 });
  });

  it('shows what lies between it and its ReLU where every output is asked for', async () => {
    const plan = normed([4, 3, 6], 7, {}, relu);
    const program = await nativeProgram(plan, squaredError(7));
    const { inputs } = valuesBatch(plan, 7, 2);
    const { b, a } = await program.activations(inputs, 7);
    expect(Math.min(...b![0]!)).toBeLessThan(-0.1);
    expect(a![0]).toEqual(b![0]!.map((value) => Math.max(0, value)));
    program.dispose();
  });

  it('gives the same bits on any number of threads', async () => {
    const plan = normed([12, 13, 18], 16, {}, relu);
    const batch = valuesBatch(plan, 16, 3);
    const results = [];
    for (const threads of [1, 2, 3]) {
      const program = await nativeProgram(plan, squaredError(16), { ...nodeSurroundings.native, threads });
      results.push(await resultsOf(program, batch, 2));
      program.dispose();
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });
});
