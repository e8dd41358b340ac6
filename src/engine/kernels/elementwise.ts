import type { Tensor } from '@tensorflow/tfjs';
import { input } from './convolution';
import { mendKernel } from './mend';
import type { Tf } from './tf';
import { type Formula, trace } from './trace';
import { runOnWebgl } from './webglElementwise';
import { runOnWebgpu } from './webgpuElementwise';

type Tensors = Readonly<Record<string, Tensor>>;

/** Tensors that a shader can count on being allowed to read and write: the least that WebGPU grants. */
const MOST_TENSORS = 8;
/** Results that a shader can count on: the least that WebGL 2 grants. */
const MOST_RESULTS = 4;

const KERNEL = 'Elementwise';

/** Adds to webgl and webgpu a kernel that computes whole formulas, number by number, with several results. */
export function addElementwise(tf: Tf): void {
  for (const [backendName, runOn] of [
    ['webgl', runOnWebgl],
    ['webgpu', runOnWebgpu],
  ] as const) {
    mendKernel(tf, backendName, KERNEL, () => (call) => {
      const inputs = Object.keys(call.inputs).map((name) => input(call.inputs, name));
      const { shape = [] } = inputs.find((each) => each.shape.length > 0) ?? {};
      const { formula } = call.attrs as object as { readonly formula: Formula };
      return runOn(tf, call.backend, { inputs, shape, formula });
    });
  }
}

/**
 * Arithmetic on tensors of one shape, and on scalars, number by number: `body` gets tf and the inputs by name, and gives
 * its results by name. On webgl and webgpu that is one shader, where stock tfjs runs one for each operation.
 */
export function elementwise(tf: Tf, inputs: Tensors, body: (tf: Tf, inputs: Tensors) => Tensors): Tensors {
  const names = Object.keys(inputs);
  const formula = tf.getKernel(KERNEL, tf.getBackend()) ? trace(names, body) : null;
  const results = Object.keys(formula?.results ?? {});
  const tooMany = results.length > MOST_RESULTS || names.length + results.length > MOST_TENSORS;
  if (!formula || tooMany) return body(tf, inputs);
  const computed = tf.engine().runKernel<Tensor[]>(KERNEL, { ...inputs }, { formula: { ...formula } });
  return Object.fromEntries(results.map((name, i) => [name, computed[i]!]));
}
