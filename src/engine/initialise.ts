import type { Plan } from '@/compiler/plan';
import { problem, type Problem } from '@/core/problem';
import { randomStream } from '@/core/random';
import { err, ok, type Result } from '@/core/result';
import { fansOf } from '@/recipe/fans';
import { parseInitializer } from '@/recipe/initializer';

/**
 * Initial weights by key. Each weight has a random stream of its own, so its numbers depend on the seed and its key
 * alone: the same on every backend, whatever else the network holds.
 */
export function initialWeights(plan: Plan, seed: number): Result<Readonly<Record<string, Float32Array>>, Problem> {
  const weights: Record<string, Float32Array> = {};
  for (const { key, shape, initializer } of plan.layers.flatMap((layer) => layer.weights)) {
    const parsed = parseInitializer(initializer);
    if (!parsed.ok) {
      const [found] = parsed.error;
      const message = parsed.error.map((each) => each.message).join(' ');
      return err(problem('weight.initializer', `${key}: ${message}`, { expected: found?.expected, got: found?.got }));
    }
    const { definition, params } = parsed.value;
    weights[key] = definition.sample(shape, fansOf(shape), randomStream(seed, `init/${key}`), params);
  }
  return ok(weights);
}
