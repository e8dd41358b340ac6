import * as tf from '@tensorflow/tfjs';
import { lower } from '@/compiler/lower';
import type { Plan } from '@/compiler/plan';
import { withoutBatch } from '@/core/shape';
import { registerOwnLayers } from '@/layers/own';
import { layers } from '@/layers/registry';

/** What plain `tf.loadLayersModel` gives for the exported topology and weights: one array per output. */
export async function stockOutputs(
  plan: Plan,
  weights: Readonly<Record<string, Float32Array>>,
  inputs: readonly Float32Array[],
  count: number,
): Promise<readonly Float32Array[]> {
  registerOwnLayers(tf, layers.values());
  const { topology, weights: lowered } = lower(plan);
  const values = lowered.map(({ key }) => weights[key] ?? new Float32Array());
  const weightData = new Float32Array(values.reduce((sum, each) => sum + each.length, 0));
  let at = 0;
  for (const each of values) {
    weightData.set(each, at);
    at += each.length;
  }
  const model = await tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: { model_config: JSON.parse(JSON.stringify(topology)) },
      weightSpecs: lowered.map(({ name, shape }) => ({ name, shape: [...shape], dtype: 'float32' as const })),
      weightData: weightData.buffer,
    }),
  );
  const given = plan.inputs.map((i, position) =>
    tf.tensor(inputs[position] ?? new Float32Array(), [count, ...withoutBatch(plan.layers[i]?.outputs[0] ?? [])]),
  );
  const outputs = [model.predict(given)].flat();
  const results = outputs.map((output) => Float32Array.from(output.dataSync()));
  tf.dispose([...given, ...outputs]);
  model.dispose();
  return results;
}
