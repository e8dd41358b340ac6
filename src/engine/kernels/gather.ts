import type { DataType, Tensor } from '@tensorflow/tfjs';
import { compose } from './compose';
import { input } from './convolution';
import { kept, only } from './gradients';
import { mendKernel, setGradient } from './mend';
import type { TensorInfo, Tf } from './tf';

/**
 * Gradients that stock tfjs lacks of reading and writing by index tuples: reading is the transpose of writing with
 * addition, so that what is read twice gets both gradients.
 */
export function mendIndexedGradients(tf: Tf): void {
  setGradient(tf, {
    kernelName: 'GatherNd',
    inputsToSave: ['params', 'indices'],
    gradFunc: (dy, saved) => ({
      params: () => tf.scatterND(kept(saved, 1), only(dy), kept(saved, 0).shape),
    }),
  });

  setGradient(tf, {
    kernelName: 'ScatterNd',
    inputsToSave: ['indices'],
    gradFunc: (dy, saved) => ({ updates: () => tf.gatherND(only(dy), kept(saved, 0)) }),
  });

  setGradient(tf, {
    kernelName: 'TensorScatterUpdate',
    inputsToSave: ['indices', 'updates'],
    gradFunc: (dy, saved) => {
      const [indices, updates] = [kept(saved, 0), kept(saved, 1)];
      return {
        tensor: () => tf.tensorScatterUpdate(only(dy), indices, tf.zerosLike(updates)),
        updates: () => tf.gatherND(only(dy), indices),
      };
    },
  });
}

interface CpuBackend {
  readSync(dataId: object): Float32Array | Int32Array | Uint8Array;
  makeTensorInfo(shape: number[], dtype: DataType, values: Float32Array | Int32Array | Uint8Array): TensorInfo;
}

/** On the stock cpu backend the update is written into the tensor itself: here into a copy. */
export function mendTensorScatterUpdate(tf: Tf): void {
  mendKernel(tf, 'cpu', 'TensorScatterUpdate', (stock) => (call) => {
    if (!stock) throw new Error('The cpu backend has no TensorScatterUpdate.');
    const backend = call.backend as CpuBackend;
    const { shape, dtype, dataId } = input(call.inputs, 'tensor');
    const copy = backend.makeTensorInfo(shape, dtype, backend.readSync(dataId).slice());
    return compose(tf, 'cpu', call.backend, (run) => {
      const tensor = run(() => copy, {}, {});
      return run(stock, { ...call.inputs, tensor }, {});
    });
  });
}

/** The gradient of the k largest values, which stock tfjs lacks: each back to where it stood. values: […, k] */
export function mendTopKGradient(tf: Tf): void {
  setGradient(tf, {
    kernelName: 'TopK',
    inputsToSave: ['x'],
    outputsToSave: [false, true],
    gradFunc: (dy, saved) => {
      const [x, indices] = [kept(saved, 0), kept(saved, 1)];
      const values = kept([dy].flat(), 0);
      return {
        x: () => {
          const size = x.shape.at(-1) ?? 1;
          const places: Tensor = tf.cast(tf.oneHot(tf.cast(indices, 'int32'), size), 'float32');
          return tf.sum(tf.mul(tf.expandDims(values, -1), places), -2);
        },
      };
    },
  });
}
