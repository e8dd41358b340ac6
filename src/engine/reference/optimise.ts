import type { Tensor } from '@tensorflow/tfjs';
import type { ParamDefs, ParamValues } from '@/core/params';
import type { OptimizerDefinition } from '@/recipe/define';
import { addWeightDecay, clippingFactor } from '@/recipe/gradients';
import type { Recipe } from '@/recipe/recipe';
import { elementwise } from '../kernels/elementwise';
import type { Tf } from '../kernels/tf';
import type { Backward } from './passes';
import type { Snapshot } from './snapshot';

export interface Optimiser {
  readonly definition: OptimizerDefinition;
  readonly params: ParamValues<ParamDefs>;
  readonly recipe: Pick<Recipe, 'weightDecay' | 'clipNorm'>;
}

/** The state after one step. Clips before it decays, as PyTorch does. New tensors belong to the caller's `tf.tidy`. */
export function optimise(
  tf: Tf,
  { definition, params, recipe }: Optimiser,
  { step, weights, slots }: Snapshot,
  { gradients, moved }: Pick<Backward, 'gradients' | 'moved'>,
  learningRate: number,
): Snapshot {
  const factor = recipe.clipNorm === null ? null : clippingFactor(tf, gradients, recipe.clipNorm);
  const newWeights: Record<string, Tensor> = { ...weights, ...moved };
  const newSlots: Record<string, Tensor> = { ...slots };
  for (const [key, gradient] of Object.entries(gradients)) {
    const weight = weights[key];
    if (!weight) continue;
    const own = Object.fromEntries(
      definition.slots.flatMap((slot) => {
        const value = slots[`${key}/${slot}`];
        return value ? [[slot, value]] : [];
      }),
    );
    const updated = elementwise(tf, { weight, gradient, ...(factor && { factor }), ...own }, (ops, given) => {
      const clipped = given.factor ? ops.mul(given.gradient!, given.factor) : given.gradient!;
      const decayed = addWeightDecay(ops, key, clipped, given.weight!, recipe.weightDecay);
      const state = { weight: given.weight!, gradient: decayed, slots: given, step: step + 1, learningRate, params };
      const next = definition.update(ops, state);
      return { weight: next.weight, ...next.slots };
    });
    newWeights[key] = updated.weight!;
    for (const slot of definition.slots) newSlots[`${key}/${slot}`] = updated[slot]!;
  }
  return { step: step + 1, weights: newWeights, slots: newSlots };
}
