import { describe, expect, it } from 'vitest';
import { batchFor, optionsFor } from '../testing/batches';
import { planOf } from '../testing/plans';
import { differences, expectAlike, nativeProgram, planAround, referenceProgram, resultsOf } from './testing';

const names = [
  'linear', 'relu', 'relu6', 'elu', 'selu', 'gelu', 'geluTanh', 'swish', 'hardSwish', 'mish', 'softplus', 'softsign',
  'sigmoid', 'hardSigmoid', 'tanh', 'softmax', 'logSoftmax',
] as const;

describe.each(names)('%s', (activation) => {
  it('as a layer, on vectors and images of odd sizes', async () => {
    await expectAlike(planAround(['activation', { activation }], [[7]], 5), { batch: 5 });
    await expectAlike(planAround(['activation', { activation }], [[3, 5, 3]], 3, ), { batch: 3, seed: 2 });
    await expectAlike(planAround(['activation', { activation }], [[2, 37]], 4), { batch: 4, seed: 3 });
  });

  it('after a product', async () => {
    await expectAlike(planAround(['dense', { units: 9, activation }], [[6]], 5), { batch: 5 });
    await expectAlike(planAround(['conv2d', { filters: 5, kernel: [3, 3], activation }], [[5, 4, 2]], 3), { batch: 3 });
  });
});

/** Training and evaluation of a classifier: by which numbers the loss is taken shows in its digits where they are small. */
async function expectClassifiesAlike(entries: Parameters<typeof planOf>[0]): Promise<void> {
  const plan = planOf(entries);
  const given = batchFor(plan, 8, 1);
  // One number tells two classes apart.
  const classes = Math.max(2, Number(plan.layers[plan.outputs[0]!]!.outputs[0]!.at(-1)));
  const batch = { ...given, targets: given.targets.map((each) => each.map((target) => target % classes)) };
  const results = [];
  for (const create of [nativeProgram, referenceProgram]) {
    const program = await create(plan, optionsFor());
    // Far outputs, whose softmax is nearly 0 or 1.
    const weights = Object.fromEntries(Object.entries(await program.weights()).map(([key, w]) => [key, w.map((x) => 10 * x)]));
    program.restore({ weights });
    const { loss, accuracy } = await program.evaluate([batch]);
    const rest = await resultsOf(program, batch, 1);
    results.push({ ...rest, evaluated: Float32Array.of(loss, accuracy ?? NaN) });
    program.dispose();
  }
  const apart = Object.entries(differences(results[0]!, results[1]!)).filter(([, difference]) => !(difference <= 1e-5));
  expect(apart).toEqual([]);
}

describe('a loss is taken from the logits', () => {
  it.each(['softmax', 'sigmoid', 'logSoftmax', 'tanh'])('of a last %s, in a layer or as one', async (activation) => {
    const units = activation === 'sigmoid' ? 1 : 3;
    await expectClassifiesAlike([['in', 'input', { shape: [5] }], ['d', 'dense', { units, activation }], ['out', 'output']]);
    await expectClassifiesAlike([
      ['in', 'input', { shape: [5] }],
      ['d', 'dense', { units }],
      ['a', 'activation', { activation }],
      ['out', 'output'],
    ]);
  });

  it('but not of a softmax within a flattened image', async () => {
    await expectClassifiesAlike([
      ['in', 'input', { shape: [3, 2] }],
      ['d', 'dense', { units: 2, activation: 'softmax' }],
      ['f', 'flatten'],
      ['out', 'output'],
    ]);
  });

  it('also where the softmax goes on elsewhere', async () => {
    await expectClassifiesAlike([
      ['in', 'input', { shape: [5] }],
      ['s', 'dense', { units: 3, activation: 'softmax' }],
      ['first', 'output', { loss: 'crossEntropy' }],
      ['d', 'dense', { units: 4, activation: 'tanh' }, ['s']],
      ['e', 'dense', { units: 3, activation: 'softmax' }],
      ['out', 'output'],
    ]);
  });
});

describe('layers of one function', () => {
  it.each([
    ['leakyRelu', { slope: 0.2 }],
    ['leakyRelu', { slope: 0 }],
    ['elu', { alpha: 1 }],
    ['elu', { alpha: 0.3 }],
    ['prelu', {}],
    ['prelu', { slopes: 'one' }],
  ] as const)('%s %o', async (type, params) => {
    await expectAlike(planAround([type, params], [[7]], 5), { batch: 5 });
    await expectAlike(planAround([type, params], [[3, 5, 3]], 3), { batch: 3, seed: 2 });
    await expectAlike(planAround([type, params], [[6, 37]], 4), { batch: 4, seed: 3 });
  });

  it('in a row, each in the place of the one before where it may', async () => {
    const plan = planOf([
      ['in', 'input', { shape: [5] }],
      ['x0', 'dense', { units: 9 }],
      ['a', 'activation', { activation: 'tanh' }],
      ['b', 'leakyRelu', { slope: 0.3 }],
      ['c', 'activation', { activation: 'gelu' }],
      ['d', 'prelu'],
      ['e', 'activation', { activation: 'softplus' }],
      ['f', 'elu', { alpha: 0.5 }],
      ['out', 'output'],
    ]);
    await expectAlike(plan, { batch: 5 });
  });
});

it('what is not a number comes through every activation', async () => {
  for (const activation of names) {
    const plan = planOf([['in', 'input', { shape: [5] }], ['a', 'activation', { activation }], ['out', 'output']]);
    const program = await nativeProgram(plan, optionsFor());
    const [output] = await program.predict([Float32Array.of(1, NaN, 2, -3, 0.5)], 1);
    expect(output![1], activation).toBeNaN();
    program.dispose();
  }
});
