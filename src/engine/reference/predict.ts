import type { Tensor } from '@tensorflow/tfjs';
import type { Plan } from '@/compiler/plan';
import type { Tf } from '../kernels/tf';
import type { Network } from './network';
import { type Tensors, read, slices, yieldToEvents } from './tensors';

/**
 * Outputs of units in inference mode, by the tensors' names, for any number of examples, `chunk` at a time.
 * Each is count × elements.
 */
export async function infer(
  tf: Tf,
  network: Network,
  weights: Tensors,
  wanted: readonly string[],
  inputs: readonly Float32Array[],
  count: number,
  chunk: number,
): Promise<ReadonlyMap<string, Float32Array>> {
  const results = new Map<string, Float32Array>();
  const sizes = network.inputs.map((input) => input.sizes);
  for (let from = 0; from < count; from += chunk) {
    const to = Math.min(count, from + chunk);
    const outputs = tf.tidy(() => {
      const values = network.run(slices(tf, inputs, sizes, from, to), { weights, training: false, seed: 0, step: 0 });
      return wanted.flatMap((name): Tensor[] => {
        const value = values.get(name);
        return value ? [value] : [];
      });
    });
    for (const [i, name] of wanted.entries()) {
      const output = outputs[i];
      if (!output) continue;
      const values = await read(output);
      const whole = results.get(name) ?? new Float32Array((values.length / (to - from)) * count);
      whole.set(values, (values.length / (to - from)) * from);
      results.set(name, whole);
    }
    tf.dispose(outputs);
    if (to < count) await yieldToEvents();
  }
  return results;
}

/** Names of the tensors that are the outputs of the plan. */
export const outputTensors = (plan: Plan, network: Network): readonly string[] =>
  plan.outputs.map((i) => network.outputsOf.get(plan.layers[i]?.path ?? '')?.[0] ?? '');
