import type { ParamDefs, ParamValues } from '@/core/params';
import type { OptimizerDefinition } from '@/recipe/define';
import type { Recipe } from '@/recipe/recipe';

/** The kernels' numbers for optimizers. */
const KINDS: readonly string[] = ['sgd', 'momentum', 'nesterov', 'rmsprop', 'adam'];

/** An optimizer as the kernels take it. */
export interface NativeOptimiser {
  readonly kind: number;
  /** Shares of the old mean and of the old square that are kept. */
  readonly keep: number;
  readonly keepSquare: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  readonly clipNorm: number | null;
}

/** `null`: the kernels have not this one. */
export function optimiserOf(
  { definition, params }: { readonly definition: OptimizerDefinition; readonly params: ParamValues<ParamDefs> },
  { weightDecay, clipNorm }: Pick<Recipe, 'weightDecay' | 'clipNorm'>,
): NativeOptimiser | null {
  const kind = KINDS.indexOf(definition.type);
  if (kind < 0) return null;
  const number = (name: string) => {
    const value = params[name];
    return typeof value === 'number' ? value : null;
  };
  return {
    kind,
    keep: number('momentum') ?? number('beta1') ?? 0,
    keepSquare: number('decay') ?? number('beta2') ?? 0,
    epsilon: number('epsilon') ?? 0,
    weightDecay,
    clipNorm,
  };
}

/** Adam's factors at a step counted from 1, which make up for the start at 0: λ/(1 − β₁ᵗ) and √(1 − β₂ᵗ). */
export const corrections = ({ keep, keepSquare }: NativeOptimiser, learningRate: number, step: number) => ({
  rate: learningRate / (1 - keep ** step),
  root: Math.sqrt(1 - keepSquare ** step),
});
