import { beforeAll, describe, expect, it } from 'vitest';
import { ok } from '@/core/result';
import type { DatasetDefinition, Examples } from '../define';
import { readPublic } from '../testing/readPublic';
import { digits } from './digits';
import { fashionMnist } from './fashionMnist';

async function load(dataset: DatasetDefinition): Promise<Examples> {
  const loaded = await dataset.load({ read: readPublic, seed: 1 });
  if (!loaded.ok) throw new Error(loaded.error.message);
  return loaded.value;
}

function countByClass(...targets: ArrayLike<number>[]): number[] {
  const counts = Array.from({ length: 10 }, () => 0);
  for (const labels of targets) for (const label of Array.from(labels)) counts[label]! += 1;
  return counts;
}

describe('Fashion-MNIST', () => {
  let examples: Examples;
  beforeAll(async () => {
    examples = await load(fashionMnist);
  });

  it('has 6,000 training and 1,000 test images of each class', () => {
    expect(countByClass(examples.train.targets)).toEqual(Array.from({ length: 10 }, () => 6000));
    expect(countByClass(examples.test.targets)).toEqual(Array.from({ length: 10 }, () => 1000));
  });

  it('begins with an ankle boot, in training and test', () => {
    expect(fashionMnist.task.names[examples.train.targets[0]!]).toBe('Ankle boot');
    expect(fashionMnist.task.names[examples.test.targets[0]!]).toBe('Ankle boot');
  });

  it('has the mean and deviation by which the field normalises it: 0.2860 and 0.3530', () => {
    const { inputs } = examples.train;
    let sum = 0;
    let squares = 0;
    for (const pixel of inputs) {
      sum += pixel;
      squares += pixel * pixel;
    }
    const mean = (sum / inputs.length) * fashionMnist.scale;
    const deviation = Math.sqrt((squares / inputs.length) * fashionMnist.scale ** 2 - mean ** 2);
    expect(mean).toBeCloseTo(0.286, 4);
    expect(deviation).toBeCloseTo(0.353, 4);
  });

  it('weighs what its four files weigh', () => {
    expect(fashionMnist.bytes).toBe(26_421_856 + 29_491 + 4_422_079 + 5_125);
  });
});

describe('the handwritten digits', () => {
  let examples: Examples;
  beforeAll(async () => {
    examples = await load(digits);
  });

  it('have as many of each class as scikit-learn counts', () => {
    const { train, test } = examples;
    expect(countByClass(train.targets, test.targets)).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    // numpy.bincount(load_digits().target[1500:]).
    expect(countByClass(test.targets)).toEqual([27, 31, 27, 30, 33, 30, 30, 30, 28, 31]);
  });

  it('begin with the zero that scikit-learn shows first', () => {
    // load_digits().images[0].
    expect([...examples.train.inputs.subarray(0, 64)]).toEqual(
      [
        [0, 0, 5, 13, 9, 1, 0, 0],
        [0, 0, 13, 15, 10, 15, 5, 0],
        [0, 3, 15, 2, 0, 11, 8, 0],
        [0, 4, 12, 0, 0, 8, 8, 0],
        [0, 5, 8, 0, 0, 9, 8, 0],
        [0, 4, 11, 0, 1, 12, 7, 0],
        [0, 2, 14, 5, 10, 12, 0, 0],
        [0, 0, 6, 13, 10, 0, 0, 0],
      ].flat(),
    );
    expect(examples.train.targets[0]).toBe(0);
  });

  it('have the ink that numpy sums in scikit-learn’s arrays', () => {
    const ink = (values: Uint8Array | Float32Array) => Array.from(values).reduce((sum, value) => sum + value, 0);
    expect(ink(examples.train.inputs)).toBe(468_645);
    expect(ink(examples.test.inputs)).toBe(93_073);
  });
});

describe('a damaged file', () => {
  const loadDamaged = (damage: (content: Uint8Array) => Uint8Array) =>
    digits.load({
      seed: 1,
      read: async (path, onProgress) => {
        const content = await readPublic(path, onProgress);
        return content.ok && path.includes('test-labels') ? ok(damage(content.value)) : content;
      },
    });

  it.each([
    ['cut short', (content: Uint8Array) => content.slice(0, 100)],
    ['empty', () => new Uint8Array(0)],
    ['replaced by a web page', () => new TextEncoder().encode('<!doctype html><title>Not found</title>')],
    ['wrong in one bit', (content: Uint8Array) => content.map((byte, i) => (i === 200 ? byte ^ 1 : byte))],
  ])('that is %s is named, and nothing is loaded', async (_, damage) => {
    const loaded = await loadDamaged(damage);
    expect(!loaded.ok && loaded.error.code).toBe('dataset.damaged');
    expect(!loaded.ok && loaded.error.message).toContain('test-labels-idx1.bin is damaged');
  });
});
