import { compose } from './compose';
import { mendKernel } from './mend';
import type { TensorInfo, Tf } from './tf';

/** How many tensors a shader may read at once, its result left out. */
const MOST: Readonly<Record<'webgl' | 'webgpu', (tf: Tf, backend: object) => number>> = {
  webgl: (tf) => tf.env().getNumber('WEBGL_MAX_TEXTURES_IN_SHADER'),
  webgpu: (_tf, backend) =>
    (backend as { readonly device: { readonly limits: { readonly maxStorageBuffersPerShaderStage: number } } }).device
      .limits.maxStorageBuffersPerShaderStage - 1,
};

/**
 * Sums of more tensors than a shader may read at once. Stock webgpu binds them all, and the work queued with that is
 * lost; stock webgl never frees what it adds up on the way.
 */
export function mendAddN(tf: Tf): void {
  for (const backendName of ['webgl', 'webgpu'] as const) {
    mendKernel(tf, backendName, 'AddN', (stock) => (call) => {
      if (!stock) throw new Error(`The ${backendName} backend has no AddN.`);
      const most = MOST[backendName](tf, call.backend);
      // A list, which the type does not say.
      const terms = Object.values(call.inputs).flatMap((x) => (x ? [x] : []));
      return compose(tf, backendName, call.backend, (run) => {
        const add = (some: readonly TensorInfo[]) => run(stock, [...some] as object as typeof call.inputs, {});
        let sum = add(terms.slice(0, most));
        for (let at = most; at < terms.length; at += most - 1) sum = add([sum, ...terms.slice(at, at + most - 1)]);
        return sum;
      });
    });
  }
}
