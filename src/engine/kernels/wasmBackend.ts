import type { Disposing } from './compose';
import type { TensorInfo } from './tf';

/** The part of the wasm backend that kernels composed in TypeScript use. */
export interface WasmBackend extends Disposing {
  /** Allocates on the wasm heap; the contents are whatever lay there. */
  makeOutput(shape: number[], dtype: 'float32' | 'int32'): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): ArrayBufferView;
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
