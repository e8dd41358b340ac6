import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../kernels/tf';

/** Tensors by key. */
export type Tensors = Readonly<Record<string, Tensor>>;

/**
 * A tensor's numbers in an array of their own. The cpu and webgl backends give out the array that the tensor lives
 * in; who changes or transfers it would change the tensor.
 */
export async function read(tensor: Tensor): Promise<Float32Array> {
  return new Float32Array(await tensor.data());
}

export async function readAll(tensors: Tensors): Promise<Record<string, Float32Array>> {
  const values: Record<string, Float32Array> = {};
  for (const [key, tensor] of Object.entries(tensors)) values[key] = await read(tensor);
  return values;
}

/** Lets messages and timers through: a long pass would otherwise hold a worker's `stop` back until its end. */
export const yieldToEvents = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

/** The examples `from` … `to` of flat arrays, each as a tensor of the given sizes: [to − from, …sizes]. */
export function slices(
  tf: Tf,
  arrays: readonly Float32Array[],
  sizes: readonly (readonly number[])[],
  from: number,
  to: number,
): readonly Tensor[] {
  return sizes.map((each, i) => {
    const elements = each.reduce((product, size) => product * size, 1);
    return tf.tensor((arrays[i] ?? new Float32Array()).subarray(from * elements, to * elements), [to - from, ...each]);
  });
}
