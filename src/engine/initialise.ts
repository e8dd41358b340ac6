import type { Plan } from '@/compiler/plan';
import { problem, type Problem } from '@/core/problem';
import { randomStream } from '@/core/random';
import { err, ok, type Result } from '@/core/result';
import { fansOf } from '@/recipe/fans';
import { initializers } from '@/recipe/registry';

/**
 * Initial weights by key. Each weight has a random stream of its own, so its numbers depend on the seed and its key
 * alone: the same on every backend, whatever else the network holds.
 */
export function initialWeights(plan: Plan, seed: number): Result<Readonly<Record<string, Float32Array>>, Problem> {
  const weights: Record<string, Float32Array> = {};
  for (const { key, shape, initializer } of plan.layers.flatMap((layer) => layer.weights)) {
    const definition = initializers.get(initializer);
    if (!definition) {
      const known = [...initializers.keys()].join(', ');
      return err(
        problem('weight.initializer', `The initialiser “${initializer}” of ${key} is unknown; there are ${known}.`, {
          expected: known,
          got: initializer,
        }),
      );
    }
    weights[key] = definition.sample(shape, fansOf(shape), randomStream(seed, `init/${key}`));
  }
  return ok(weights);
}
