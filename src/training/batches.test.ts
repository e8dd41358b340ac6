import { describe, expect, it } from 'vitest';
import type { Examples } from '@/datasets/define';
import { drawParts, makeBatches, type Batches } from './batches';

/** Example i holds the input i and the class i mod 3, so that a batch says which examples it took. */
const numbered = (train: number, test = 4): Examples => {
  const split = (count: number) => ({
    count,
    inputs: Float32Array.from({ length: count }, (_, i) => i),
    targets: Uint8Array.from({ length: count }, (_, i) => i % 3),
  });
  return { train: split(train), test: split(test) };
};

const dataset = { input: [1], task: { kind: 'classes', names: ['a', 'b', 'c'] }, scale: 1 } as const;
const recipe = { batchSize: 4, validation: 0, shuffle: true, inputs: 'raw' } as const;

const numbers = (batches: Batches, step: number) => [...batches.batchAt(step).inputs[0]!];
const epoch = (batches: Batches, index: number) =>
  Array.from({ length: batches.stepsPerEpoch }, (_, i) => batches.batchAt(index * batches.stepsPerEpoch + i));
const countedNumbers = (batches: Batches, index: number) =>
  epoch(batches, index).flatMap((batch) => [...batch.inputs[0]!].filter((_, i) => batch.counts[i] === 1));
const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('the batches of an epoch', () => {
  const batches = makeBatches({ examples: numbered(10), dataset, recipe, seed: 1 });

  it('count every example exactly once', () => {
    expect(batches.stepsPerEpoch).toBe(3);
    expect(sorted(countedNumbers(batches, 0))).toEqual(upTo(10));
    expect(sorted(countedNumbers(batches, 7))).toEqual(upTo(10));
  });

  it('come in another order each epoch, and in stored order without shuffling', () => {
    expect(countedNumbers(batches, 0)).not.toEqual(countedNumbers(batches, 1));
    const plain = makeBatches({ examples: numbered(10), dataset, recipe: { ...recipe, shuffle: false }, seed: 1 });
    expect(countedNumbers(plain, 0)).toEqual(upTo(10));
    expect(countedNumbers(plain, 3)).toEqual(upTo(10));
  });

  it('fill the last one with the first examples of the same order, which count for nothing', () => {
    expect([...batches.batchAt(2).counts]).toEqual([1, 1, 0, 0]);
    expect(numbers(batches, 2).slice(2)).toEqual(numbers(batches, 0).slice(0, 2));
    expect([0, 1, 2, 3].map((step) => batches.countedAt(step))).toEqual([4, 4, 2, 4]);
  });

  it('keep targets beside their inputs', () => {
    for (const batch of epoch(batches, 0)) {
      expect([...batch.targets[0]!]).toEqual([...batch.inputs[0]!].map((number) => number % 3));
    }
  });

  it('are the same whatever was asked for before', () => {
    const fresh = makeBatches({ examples: numbered(10), dataset, recipe, seed: 1 });
    expect(numbers(fresh, 8)).toEqual(numbers(batches, 8));
    expect(numbers(fresh, 1)).toEqual(numbers(batches, 1));
    const other = makeBatches({ examples: numbered(10), dataset, recipe, seed: 2 });
    expect(countedNumbers(other, 0)).not.toEqual(countedNumbers(batches, 0));
  });

  it('shrink to a dataset that is smaller than a batch', () => {
    const small = makeBatches({ examples: numbered(3), dataset, recipe, seed: 1 });
    expect([small.batchSize, small.stepsPerEpoch]).toEqual([3, 1]);
    expect([...small.batchAt(0).counts]).toEqual([1, 1, 1]);
  });
});

describe('the validation part', () => {
  it('shares no example with the training part, and both together are all', () => {
    const { train, validation } = drawParts(50, 0.1, 3);
    expect([train.length, validation.length]).toEqual([45, 5]);
    expect(sorted([...train, ...validation])).toEqual(upTo(50));
  });

  it('is drawn by the seed, and stays disjoint under a limit', () => {
    expect(drawParts(50, 0.2, 3).validation).toEqual(drawParts(50, 0.2, 3).validation);
    expect(drawParts(50, 0.2, 3).validation).not.toEqual(drawParts(50, 0.2, 4).validation);
    const limited = drawParts(50, 0.2, 3, 6);
    expect([limited.train.length, limited.validation.length]).toEqual([6, 6]);
    expect(new Set([...limited.train, ...limited.validation]).size).toBe(12);
  });

  it('leaves at least one example to train on', () => {
    expect(drawParts(1, 0.9, 1).train.length).toBe(1);
    expect(drawParts(2, 0.9, 1).train.length).toBe(1);
    expect(drawParts(0, 0.5, 1).train.length).toBe(0);
  });
});

describe('evaluation sets', () => {
  it('may be empty', () => {
    const { validation, test } = makeBatches({ examples: numbered(10, 0), dataset, recipe, seed: 1 });
    expect([validation.count, validation.batchCount, test.count, test.batchCount]).toEqual([0, 0, 0, 0]);
  });

  it('count each of their examples once, in batches of at least 64', () => {
    const { test } = makeBatches({ examples: numbered(10, 150), dataset, recipe, seed: 1 });
    expect(test.batchCount).toBe(3);
    expect([0, 1, 2].map((i) => test.counted(i))).toEqual([64, 64, 22]);
    const counted = [0, 1, 2].flatMap((i) => {
      const { inputs, counts } = test.batch(i);
      return [...inputs[0]!].filter((_, j) => counts[j] === 1);
    });
    expect(counted).toEqual(upTo(150));
  });
});

describe('inputs', () => {
  const one = (inputs: Examples['train']['inputs'], shape: readonly number[], scale: number, kind: 'unit' | 'standardised' | 'raw') => {
    const count = inputs.length / shape.reduce((a, b) => a * b, 1);
    const split = { count, inputs, targets: new Uint8Array(count) };
    const batches = makeBatches({
      examples: { train: split, test: { count: 0, inputs: new Float32Array(0), targets: new Uint8Array(0) } },
      dataset: { ...dataset, input: shape, scale },
      recipe: { batchSize: count, validation: 0, shuffle: false, inputs: kind },
      seed: 1,
    });
    return [...batches.batchAt(0).inputs[0]!];
  };

  it('stay as stored, or come to the natural range', () => {
    expect(one(Uint8Array.of(0, 51, 255), [1], 1 / 255, 'raw')).toEqual([0, 51, 255]);
    expect(one(Uint8Array.of(0, 51, 255), [1], 1 / 255, 'unit')).toEqual([0, Math.fround(0.2), 1]);
  });

  it('are standardised feature by feature: 2, 4 and 10, 30 have means 3, 20 and deviations 1, 10', () => {
    expect(one(Float32Array.of(2, 10, 4, 30), [2], 1, 'standardised')).toEqual([-1, -1, 1, 1]);
  });

  it('are standardised channel by channel in images', () => {
    // Channel 0: 1, 3, 5, 7 (mean 4, variance 5); channel 1: 0, 0, 8, 8 (mean 4, variance 16).
    const values = one(Uint8Array.of(1, 0, 3, 0, 5, 8, 7, 8), [1, 2, 2], 1 / 255, 'standardised');
    const expected = [-3, -1, 1, 3].map((d) => d / Math.sqrt(5));
    [0, 2, 4, 6].forEach((at, i) => expect(values[at]).toBeCloseTo(expected[i]!, 6));
    expect([1, 3, 5, 7].map((at) => values[at])).toEqual([-1, -1, 1, 1]);
  });

  it('become zero where a feature is constant, even one that binary fractions cannot say', () => {
    expect(one(Float32Array.of(0.1, 0.1, 0.1), [1], 1, 'standardised')).toEqual([0, 0, 0]);
  });

  it('take mean and deviation from the training part alone', () => {
    const examples = numbered(10);
    const options = { examples, dataset, recipe: { ...recipe, validation: 0.5, inputs: 'standardised' } as const, seed: 5 };
    const { train, validation } = drawParts(10, 0.5, 5);
    const mean = train.reduce((a, b) => a + b, 0) / 5;
    const deviation = Math.sqrt(train.reduce((a, b) => a + (b - mean) ** 2, 0) / 5);
    const seen = makeBatches(options).validation.batch(0).inputs[0]!;
    [...validation].forEach((row, i) => expect(seen[i]).toBeCloseTo((row - mean) / deviation, 5));
  });

  it('of values keep all numbers of a target together', () => {
    const split = { count: 2, inputs: Float32Array.of(1, 2), targets: Float32Array.of(1.5, -1, 2.5, -2) };
    const batches = makeBatches({
      examples: { train: split, test: split },
      dataset: { input: [1], task: { kind: 'values', names: ['u', 'v'] }, scale: 1 },
      recipe: { ...recipe, shuffle: false },
      seed: 1,
    });
    expect([...batches.batchAt(0).targets[0]!]).toEqual([1.5, -1, 2.5, -2]);
  });
});
