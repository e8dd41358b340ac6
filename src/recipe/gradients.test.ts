import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { addWeightDecay, clipByGlobalNorm, isKernel, type Gradients } from './gradients';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const numbers = (gradients: Gradients) =>
  Object.fromEntries(Object.entries(gradients).map(([key, gradient]) => [key, [...gradient.dataSync()]]));

describe('clipping by the global norm', () => {
  // ‖(3, 4, 12)‖ = 13.
  const gradients = () => ({ 'a/kernel': tf.tensor2d([[3, 4]]), 'a/bias': tf.tensor1d([12]) });

  it('scales all gradients by the same number: 6.5/13 = ½', () => {
    expect(numbers(clipByGlobalNorm(tf, gradients(), 6.5))).toEqual({ 'a/kernel': [1.5, 2], 'a/bias': [6] });
  });

  it('leaves shorter ones alone, zeros too', () => {
    expect(numbers(clipByGlobalNorm(tf, gradients(), 13.5))).toEqual({ 'a/kernel': [3, 4], 'a/bias': [12] });
    expect(numbers(clipByGlobalNorm(tf, { a: tf.zeros([2]) }, 1))).toEqual({ a: [0, 0] });
    expect(clipByGlobalNorm(tf, {}, 1)).toEqual({});
  });

  it('hides no gradient that is not finite', () => {
    const clipped = numbers(clipByGlobalNorm(tf, { a: tf.tensor1d([Infinity, 1]) }, 1));
    expect(Number.isFinite(clipped.a![0])).toBe(false);
  });
});

describe('weight decay', () => {
  it('adds λθ to kernels alone: 1 + 0.1·20 = 3', () => {
    const weights = { 'a/kernel': tf.tensor1d([20]), 'a/bias': tf.tensor1d([20]), 'n/gamma': tf.tensor1d([20]) };
    const gradients = { 'a/kernel': tf.tensor1d([1]), 'a/bias': tf.tensor1d([1]), 'n/gamma': tf.tensor1d([1]) };
    expect(numbers(addWeightDecay(tf, gradients, weights, 0.1))).toEqual({
      'a/kernel': [3],
      'a/bias': [1],
      'n/gamma': [1],
    });
  });

  it('knows kernels by the last part of the key', () => {
    expect(['conv/kernel', 'b/1/depthwiseKernel'].every(isKernel)).toBe(true);
    expect(['kernel/bias', 'a/gamma', 'a/kernelScale', 'prelu/alpha'].some(isKernel)).toBe(false);
  });
});
