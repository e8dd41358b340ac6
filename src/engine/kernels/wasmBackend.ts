import type { KernelFunc, NamedAttrMap, NamedTensorInfoMap, Tf, TensorInfo } from './tf';

/** The part of the wasm backend that kernels composed in TypeScript use. */
export interface WasmBackend {
  /** Allocates on the wasm heap; the contents are whatever lay there. */
  makeOutput(shape: number[], dtype: 'float32' | 'int32'): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): ArrayBufferView;
  disposeData(dataId: object): boolean;
}

/**
 * The tensor's own memory. An allocation may grow the heap and detach the view: allocate first, view last.
 */
export function heapFloats(backend: WasmBackend, tensor: TensorInfo): Float32Array {
  const view = backend.typedArrayFromHeap(tensor);
  if (!(view instanceof Float32Array)) throw new Error(`Expected float32 values, got ${tensor.dtype}.`);
  return view;
}

export function heapInts(backend: WasmBackend, tensor: TensorInfo): Int32Array {
  const view = backend.typedArrayFromHeap(tensor);
  if (!(view instanceof Int32Array)) throw new Error(`Expected int32 values, got ${tensor.dtype}.`);
  return view;
}

/** Runs a kernel by its name, or one that is in no registry any more. */
export type RunKernel = (
  kernel: string | KernelFunc,
  inputs: NamedTensorInfoMap,
  attrs: NamedAttrMap,
) => TensorInfo;

/** Runs kernels of the wasm backend one after the other and frees all they made but the last result. */
export function compose(tf: Tf, backend: WasmBackend, body: (run: RunKernel) => TensorInfo): TensorInfo {
  const made: TensorInfo[] = [];
  let result: TensorInfo | null = null;
  try {
    result = body((kernel, inputs, attrs) => {
      const kernelFunc = typeof kernel === 'string' ? tf.getKernel(kernel, 'wasm').kernelFunc : kernel;
      const output = [kernelFunc({ inputs, attrs, backend })].flat()[0];
      if (!output) throw new Error('A wasm kernel gave no output.');
      made.push(output);
      return output;
    });
    return result;
  } finally {
    for (const tensor of made) if (tensor !== result) backend.disposeData(tensor.dataId);
  }
}
