import type { Tensor } from '@tensorflow/tfjs';
import type { ParamDefs, ParamValues } from '@/core/params';
import type { OptimizerDefinition } from '@/recipe/define';
import { addWeightDecay, clipByGlobalNorm } from '@/recipe/gradients';
import type { Recipe } from '@/recipe/recipe';
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
  const clipped = recipe.clipNorm === null ? gradients : clipByGlobalNorm(tf, gradients, recipe.clipNorm);
  const decayed = addWeightDecay(tf, clipped, weights, recipe.weightDecay);
  const newWeights: Record<string, Tensor> = { ...weights, ...moved };
  const newSlots: Record<string, Tensor> = { ...slots };
  for (const [key, gradient] of Object.entries(decayed)) {
    const weight = weights[key];
    if (!weight) continue;
    const own = Object.fromEntries(
      definition.slots.flatMap((slot) => {
        const value = slots[`${key}/${slot}`];
        return value ? [[slot, value]] : [];
      }),
    );
    const updated = definition.update(tf, { weight, gradient, slots: own, step: step + 1, learningRate, params });
    newWeights[key] = updated.weight;
    for (const [slot, value] of Object.entries(updated.slots)) newSlots[`${key}/${slot}`] = value;
  }
  return { step: step + 1, weights: newWeights, slots: newSlots };
}
