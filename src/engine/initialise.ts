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
  for (const { key, shape, initializer, blocks = [initializer] } of plan.layers.flatMap((layer) => layer.weights)) {
    const sizes = blocks.length === 1 ? shape : [...shape.slice(0, -1), (shape.at(-1) ?? 1) / blocks.length];
    const random = randomStream(seed, `init/${key}`);
    const drawn: Float32Array[] = [];
    for (const value of blocks) {
      const parsed = parseInitializer(value);
      if (!parsed.ok) {
        const [found] = parsed.error;
        const message = parsed.error.map((each) => each.message).join(' ');
        return err(problem('weight.initializer', `${key}: ${message}`, { expected: found?.expected, got: found?.got }));
      }
      const { definition, params } = parsed.value;
      drawn.push(definition.sample(sizes, fansOf(sizes), random, params));
    }
    weights[key] = drawn.length === 1 ? drawn[0]! : sideBySide(drawn, sizes.at(-1) ?? 1);
  }
  return ok(weights);
}

/** Blocks of a last axis as one weight: row by row, each block's columns after those before it. */
function sideBySide(blocks: readonly Float32Array[], columns: number): Float32Array {
  const width = blocks.length * columns;
  const joined = new Float32Array(blocks.reduce((sum, block) => sum + block.length, 0));
  blocks.forEach((block, i) => {
    for (let at = 0; at < block.length; at += 1) {
      joined[Math.floor(at / columns) * width + i * columns + (at % columns)] = block[at]!;
    }
  });
  return joined;
}
