import { optimizers } from '@/recipe/registry';
import type { Recipe } from '@/recipe/recipe';
import type { Cost } from './plan';

/** Bytes of a number. */
export const FLOAT = 4;

export const noCost: Cost = { params: 0, trainable: 0, macs: 0, activationBytes: 0 };

/** What layers come to together. */
export function totalOf(costs: Iterable<Cost>): Cost {
  const total = { ...noCost };
  for (const cost of costs) {
    total.params += cost.params;
    total.trainable += cost.trainable;
    total.macs += cost.macs;
    total.activationBytes += cost.activationBytes;
  }
  return total;
}

/** Bytes that one training step holds, part by part. */
export interface TrainingMemory {
  readonly weights: number;
  /** One for each weight that is trained. */
  readonly gradients: number;
  /** What the optimizer keeps of each weight that is trained: momentum, mean squares. */
  readonly slots: number;
  /** Outputs of all layers for the whole batch, which the backward pass reads. */
  readonly activations: number;
  readonly total: number;
}

/**
 * What must be there at once at the turn from forward to backward pass, in 32-bit floats. Not counted: gradients of
 * outputs, of which few live at a time, and the working space of kernels, which is the backend's own affair.
 */
export function trainingMemory(cost: Cost, { batchSize, optimizer }: Pick<Recipe, 'batchSize' | 'optimizer'>): TrainingMemory {
  const weights = FLOAT * cost.params;
  const gradients = FLOAT * cost.trainable;
  const slots = gradients * (optimizers.get(optimizer.type)?.slots.length ?? 0);
  const activations = batchSize * cost.activationBytes;
  return { weights, gradients, slots, activations, total: weights + gradients + slots + activations };
}
