import { describe, expect, it } from 'vitest';
import { labelledSplit } from './labelled';

const images = { sizes: [3, 2, 2], data: new Uint8Array(12) };
const labels = { sizes: [3], data: Uint8Array.of(0, 1, 1) };
const shape = { input: [2, 2, 1], classes: 2 };

const failure = (...args: Parameters<typeof labelledSplit>) => {
  const split = labelledSplit(...args);
  return split.ok ? undefined : split.error;
};

describe('joining images and labels', () => {
  it('takes one channel as said, and three where the file has them', () => {
    const split = labelledSplit(images, labels, { ...shape, count: 3 }, 'train');
    expect(split).toEqual({ ok: true, value: { count: 3, inputs: images.data, targets: labels.data } });
    const coloured = { sizes: [3, 2, 2, 3], data: new Uint8Array(36) };
    expect(labelledSplit(coloured, labels, { ...shape, input: [2, 2, 3] }, 'train').ok).toBe(true);
  });

  it('names images of the wrong shape', () => {
    const error = failure(images, labels, { ...shape, input: [28, 28, 1] }, 'train');
    expect(error).toMatchObject({ code: 'labelled.shape', message: 'The train images are 2×2, not 28×28×1.' });
    expect(failure(labels, labels, shape, 'train')?.code).toBe('labelled.shape');
    expect(failure(images, labels, { ...shape, input: [2, 2, 3] }, 'train')?.code).toBe('labelled.shape');
  });

  it('names labels that are too few, and splits of the wrong size', () => {
    const two = { sizes: [2], data: Uint8Array.of(0, 1) };
    expect(failure(images, two, shape, 'test')).toMatchObject({
      code: 'labelled.count',
      message: 'The test split has 3 images but 2 labels; each image needs one.',
    });
    expect(failure(images, labels, { ...shape, count: 4 }, 'test')?.message).toBe(
      'The test split has 3 examples, not 4.',
    );
  });

  it('names a label that no class has', () => {
    const wild = { sizes: [3], data: Uint8Array.of(0, 1, 2) };
    expect(failure(images, wild, shape, 'train')).toMatchObject({
      code: 'labelled.class',
      message: 'Label 2 of the train split is 2; 2 classes are numbered 0 to 1.',
    });
  });
});
