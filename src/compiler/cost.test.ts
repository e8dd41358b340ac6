import { expect, it } from 'vitest';
import { defaultRecipe } from '@/recipe/recipe';
import { totalOf, trainingMemory } from './cost';

const lenet = { params: 61_706, trainable: 61_706, macs: 416_520, activationBytes: 4 * 8_094 };

it('adds layers up', () => {
  expect(totalOf([lenet, { params: 2, trainable: 1, macs: 3, activationBytes: 4 }])).toEqual({
    params: 61_708,
    trainable: 61_707,
    macs: 416_523,
    activationBytes: 32_380,
  });
});

// By hand: 61,706 weights, as many gradients, Adam's two moments of each, 64 examples of 8,094 outputs; 4 bytes each.
it('a step of Adam holds four numbers for each trained weight, and all outputs of the batch', () => {
  const recipe = { ...defaultRecipe, batchSize: 64, optimizer: { type: 'adam', params: {} } };
  expect(trainingMemory(lenet, recipe)).toEqual({
    weights: 246_824,
    gradients: 246_824,
    slots: 493_648,
    activations: 2_072_064,
    total: 3_059_360,
  });
});

it('plain gradient descent keeps nothing of a weight, and frozen weights have no gradient', () => {
  const recipe = { ...defaultRecipe, batchSize: 1, optimizer: { type: 'sgd', params: {} } };
  expect(trainingMemory({ ...lenet, trainable: 850 }, recipe)).toMatchObject({ weights: 246_824, gradients: 3_400, slots: 0 });
});
