import type { KernelFunc, NamedAttrMap, NamedTensorInfoMap, Tf, TensorInfo } from './tf';

/** What composed kernels ask of any backend. */
export interface Disposing {
  disposeData(dataId: object): boolean;
}

/** Runs a kernel by its name, or one that is in no registry any more. */
export type RunKernel = (kernel: string | KernelFunc, inputs: NamedTensorInfoMap, attrs: NamedAttrMap) => TensorInfo;

/** Runs kernels of one backend one after the other and frees all they made but the last result. */
export function compose(
  tf: Tf,
  backendName: string,
  backend: object,
  body: (run: RunKernel) => TensorInfo,
): TensorInfo {
  const made: TensorInfo[] = [];
  let result: TensorInfo | null = null;
  try {
    result = body((kernel, inputs, attrs) => {
      const kernelFunc = typeof kernel === 'string' ? tf.getKernel(kernel, backendName).kernelFunc : kernel;
      const output = [kernelFunc({ inputs, attrs, backend })].flat()[0];
      if (!output) throw new Error(`A kernel of ${backendName} gave no output.`);
      made.push(output);
      return output;
    });
    return result;
  } finally {
    for (const tensor of made) if (tensor !== result) (backend as Disposing).disposeData(tensor.dataId);
  }
}
