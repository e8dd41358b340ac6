import type { DataType } from '@tensorflow/tfjs';
import { compose } from './compose';
import { input } from './convolution';
import { mendKernel } from './mend';
import type { TensorInfo, Tf } from './tf';

const BINARY = [
  ...['Add', 'Sub', 'Multiply', 'RealDiv', 'FloorDiv', 'Mod', 'Pow', 'Atan2', 'Maximum', 'Minimum'],
  ...['SquaredDifference', 'Prelu', 'Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual'],
  ...['LogicalAnd', 'LogicalOr'],
];

/** From this rank on a shader's coordinates are a structure, which has no index. */
const STRUCTURED_RANK = 5;

/**
 * A vector with a tensor of rank 5 or 6, as every bias of a three-dimensional convolution is: the shader of stock
 * webgpu for vectors indexes coordinates that have no index, so that the work queued with it is lost.
 */
export function mendWebgpuBroadcast(tf: Tf): void {
  for (const kernelName of BINARY) {
    mendKernel(tf, 'webgpu', kernelName, (stock) => (call) => {
      if (!stock) throw new Error(`The webgpu backend has no ${kernelName}.`);
      const names = Object.keys(call.inputs);
      const rank = Math.max(...names.map((name) => input(call.inputs, name).shape.length));
      const vector = names.find((name) => input(call.inputs, name).shape.length === 1);
      if (rank < STRUCTURED_RANK || vector === undefined) return stock(call);
      return compose(tf, 'webgpu', call.backend, (run) => {
        const x = input(call.inputs, vector);
        const shape = [...Array<number>(rank - 1).fill(1), ...x.shape];
        return run(stock, { ...call.inputs, [vector]: run('Reshape', { x }, { shape }) }, call.attrs ?? {});
      });
    });
  }
}

interface WebgpuBackend {
  makeTensorInfo(shape: number[], dtype: DataType, values: Float32Array): TensorInfo;
}

/**
 * Whole numbers cast to floats. Stock webgpu renames the type and leaves the integers in the buffer, which shaders that
 * read it directly, such as a transposition, cannot take.
 */
export function mendWebgpuCast(tf: Tf): void {
  mendKernel(tf, 'webgpu', 'Cast', (stock) => (call) => {
    if (!stock) throw new Error('The webgpu backend has no Cast.');
    const { dtype } = call.attrs as object as { dtype: DataType };
    const x = input(call.inputs, 'x');
    if (dtype !== 'float32' || (x.dtype !== 'int32' && x.dtype !== 'bool')) return stock(call);
    return compose(tf, 'webgpu', call.backend, (run) => {
      const one = run(() => (call.backend as WebgpuBackend).makeTensorInfo([], 'float32', Float32Array.of(1)), {}, {});
      return run('Multiply', { a: run(stock, call.inputs, { dtype }), b: one }, {});
    });
  });
}
