import type { DataType } from '@tensorflow/tfjs';
import type { TensorInfo } from './tf';

type Triple = [number, number, number];

/**
 * A compute shader as the webgpu backend takes it: it declares `result`, a buffer for each input by name, and the
 * structure `uniforms` with `xShape` for an input `x`, `outShape`, and what `uniforms` adds. The backend completes the
 * key by ranks and types, and keeps the compiled pipeline under it: what the code depends on else belongs into the key.
 */
export interface WebgpuProgram {
  readonly outputShape: number[];
  readonly variableNames: string[];
  /** Declarations in WGSL, in the order of the values: `strides : vec2<i32>, chunk : i32,`. */
  readonly uniforms: string;
  readonly workgroupSize: Triple;
  /** Which axes of the output a dimension of the dispatch runs over; `x` alone passes `main` a flat index. */
  readonly dispatchLayout: { x: number[]; y?: number[]; z?: number[] };
  readonly dispatch: Triple;
  /** Declares `uniforms.size`, the number of elements of the output. */
  readonly size?: boolean;
  readonly shaderKey: string;
  getUserCode(): string;
}

export interface UniformValue {
  readonly type: 'int32' | 'uint32' | 'float32';
  readonly data: number[];
}

/** The part of the webgpu backend that shaders of our own use. */
export interface WebgpuBackend {
  runWebGPUProgram(
    program: WebgpuProgram,
    inputs: TensorInfo[],
    outputType: DataType,
    uniforms?: UniformValue[],
  ): TensorInfo;
}

export const ints = (...data: number[]): UniformValue => ({ type: 'int32', data });

const THREADS = 64;

/** A shader with a thread for each element of its output, which `main(index : i32)` computes. */
export function elementProgram(
  program: Pick<WebgpuProgram, 'outputShape' | 'variableNames' | 'uniforms' | 'shaderKey' | 'getUserCode'>,
): WebgpuProgram {
  const count = program.outputShape.reduce((product, size) => product * size, 1);
  return {
    ...program,
    workgroupSize: [THREADS, 1, 1],
    dispatchLayout: { x: program.outputShape.map((_, axis) => axis) },
    dispatch: [Math.ceil(count / THREADS), 1, 1],
    size: true,
  };
}
