import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { addWeightDecay, clippingFactor, isKernel, type Gradients } from './gradients';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const numbers = (gradients: Gradients) =>
  Object.fromEntries(Object.entries(gradients).map(([key, gradient]) => [key, [...gradient.dataSync()]]));

const clipped = (gradients: Gradients, norm: number) => {
  const factor = clippingFactor(tf, gradients, norm)!;
  return numbers(Object.fromEntries(Object.entries(gradients).map(([key, each]) => [key, tf.mul(each, factor)])));
};

describe('clipping by the global norm', () => {
  // ‖(3, 4, 12)‖ = 13.
  const gradients = () => ({ 'a/kernel': tf.tensor2d([[3, 4]]), 'a/bias': tf.tensor1d([12]) });

  it('scales all gradients by the same number: 6.5/13 = ½', () => {
    expect(clipped(gradients(), 6.5)).toEqual({ 'a/kernel': [1.5, 2], 'a/bias': [6] });
  });

  it('leaves shorter ones alone, zeros too', () => {
    expect(clipped(gradients(), 13.5)).toEqual({ 'a/kernel': [3, 4], 'a/bias': [12] });
    expect(clipped({ a: tf.zeros([2]) }, 1)).toEqual({ a: [0, 0] });
    expect(clippingFactor(tf, {}, 1)).toBeNull();
  });

  it('hides no gradient that is not finite', () => {
    expect(Number.isFinite(clipped({ a: tf.tensor1d([Infinity, 1]) }, 1).a![0])).toBe(false);
  });
});

describe('weight decay', () => {
  it('adds λθ to kernels alone: 1 + 0.1·20 = 3', () => {
    const decayed = (key: string) => [...addWeightDecay(tf, key, tf.tensor1d([1]), tf.tensor1d([20]), 0.1).dataSync()];
    expect(['a/kernel', 'a/bias', 'n/gamma'].map(decayed)).toEqual([[3], [1], [1]]);
  });

  it('knows kernels by the last part of the key', () => {
    expect(['conv/kernel', 'b/1/depthwiseKernel'].every(isKernel)).toBe(true);
    expect(['kernel/bias', 'a/gamma', 'a/kernelScale', 'prelu/alpha'].some(isKernel)).toBe(false);
  });
});
