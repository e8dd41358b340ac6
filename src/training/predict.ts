import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import { elements } from '@/core/shape';
import { defaultRecipe } from '@/recipe/recipe';
import { failure } from './failure';
import type { PredictionRequest, Predictions } from './protocol';
import type { RunDeps } from './run';

/**
 * The outputs of a network with weights, from a program of its own.
 * Problems: `predict.inputs` and `predict.weights` for arrays that don't fit, and those of opening and running it. Never throws.
 */
export async function predict(
  { plan, backend, weights, inputs, count }: PredictionRequest,
  openProgram: RunDeps['openProgram'],
): Promise<Result<Predictions, Problem>> {
  const wanted = plan.inputs.map((layer) => count * elements(plan.layers[layer]?.outputs[0] ?? []));
  const got = inputs.map(({ length }) => length);
  if (wanted.join() !== got.join()) {
    const message = `${count} examples take ${wanted.join(' and ')} numbers; ${got.join(' and ') || 'none'} came.`;
    return err(problem('predict.inputs', message, { expected: wanted.join(), got: got.join() }));
  }
  const missing = plan.layers.flatMap((layer) => layer.weights).find(({ key }) => !(key in weights));
  if (missing) {
    return err(problem('predict.weights', `There are no values for the weight ${missing.key}.`, { expected: missing.key }));
  }
  try {
    // Inference uses neither loss nor optimizer; the program asks for some that go together.
    const options = { recipe: defaultRecipe, seed: 0, task: 'classes' } as const;
    const opened = await openProgram(plan, backend, options, () => undefined);
    if (!opened.ok) return opened;
    const program = opened.value;
    try {
      const restored = program.restore({ weights });
      return restored.ok ? ok(await program.predict(inputs, count)) : restored;
    } finally {
      program.dispose();
    }
  } catch (error) {
    return err(failure(error, backend));
  }
}
