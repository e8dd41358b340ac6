import { describe, expect, it } from 'vitest';
import { optionsFor } from '../testing/batches';
import { planOf } from '../testing/plans';
import {
  differences, expectAlike, nativeProgram, planAround, randomWeights, referenceProgram, resultsOf, squaredError, valuesBatch,
} from './testing';

describe('permute', () => {
  it.each([
    [[5, 3], [2, 1]],
    [[4, 5, 3], [3, 1, 2]],
    [[6, 7, 9], [2, 1, 3]],
    [[2, 3, 4, 5], [2, 1, 4, 3]],
    [[7], [1]],
  ] as const)('%o by %o', async (shape, order) => {
    await expectAlike(planAround(['permute', { order }], [shape], 3), { batch: 3 });
  });
});

it.each([[[3], 4], [[5], 1], [[17], 9]] as const)('repeat vector of %o, %i times', async (shape, count) => {
  await expectAlike(planAround(['repeatVector', { count }], [shape], 3), { batch: 3 });
});

it('learnt positions', async () => {
  await expectAlike(planAround(['positionalEncoding', { kind: 'learned' }], [[3, 7]], 4), { batch: 4 });
});

it.each([[7, 3], [30, 21], [5, 40]])('embedding of %i words, %i features, words that come often among them', async (vocabulary, features) => {
  const plan = planOf([['in', 'input', { shape: [6] }], ['e', 'embedding', { vocabulary, features }], ['out', 'output']]);
  const batch = { ...valuesBatch(plan, 5, 1), inputs: [Float32Array.from({ length: 30 }, (_, i) => ((i * i) % vocabulary) + (i % 3) / 4)] };
  const results = [];
  for (const create of [nativeProgram, referenceProgram]) {
    const program = await create(plan, squaredError(5));
    program.restore({ weights: randomWeights(await program.weights(), 1) });
    results.push(await resultsOf(program, batch, 2));
    program.dispose();
  }
  for (const [name, difference] of Object.entries(differences(results[0]!, results[1]!))) expect(difference, name).toBeLessThan(1e-5);
});

it('an index without a word ends the run: the layer is named where it leaves the numbers', async () => {
  const plan = planOf([
    ['in', 'input', { shape: [2] }],
    ['e', 'embedding', { vocabulary: 7, features: 3 }],
    ['f', 'flatten'],
    ['d', 'dense', { units: 3, activation: 'softmax' }],
    ['out', 'output'],
  ]);
  const program = await nativeProgram(plan, optionsFor({ batchSize: 1 }));
  for (const index of [7, -1, NaN]) {
    const batch = { inputs: [Float32Array.of(3, index)], targets: [Float32Array.of(1)], counts: Float32Array.of(1) };
    expect(await program.diagnose(batch, 0.1)).toMatchObject(
      Number.isNaN(index) ? { phase: 'forward', path: 'in' } : { phase: 'forward', path: 'e' },
    );
  }
  program.dispose();
});
