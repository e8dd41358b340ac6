import type { Tensor } from '@tensorflow/tfjs';
import { avgPoolGradient } from './avgPool';
import { compose } from './compose';
import { input } from './convolution';
import { kept, onEngine, only } from './gradients';
import { mendKernel, setGradient } from './mend';
import { type PoolAxis, type Pooling, poolAxis, spelledOut } from './pool';
import type { Tf } from './tf';

type Size5 = [number, number, number, number, number];
type Triple = [number, number, number];

interface Attrs {
  filterSize: number | Triple;
  strides: number | Triple;
  pad: 'valid' | 'same' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** A pooling of three axes as one within planes and one across them. */
interface Pooling3d {
  readonly within: Pooling;
  readonly across: Pooling;
  /** [batch·d, h, w, c] */
  readonly planes: number[];
  /** [batch·d, h', w', c] */
  readonly pooledPlanes: number[];
  /** [batch, d, h'·w', c] */
  readonly stack: number[];
  /** [batch, d', h'·w', c] */
  readonly pooledStack: number[];
  /** [batch, d', h', w', c] */
  readonly out: number[];
}

/**
 * Pooling of three axes by pooling two, then one: exact for maxima, for the first of equal ones and for means over the
 * cells inside. Of stock tfjs, cpu and webgpu send gradients of maxima to wrong cells where windows are no cubes, all
 * but wasm to the last of equal maxima, means of padded windows are wrong as in two dimensions, and wasm takes the
 * maximum of negative numbers for a number just above zero.
 * x: [batch, d, h, w, c]
 */
export function mendPool3d(tf: Tf): void {
  setGradient(tf, {
    kernelName: 'MaxPool3D',
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy, saved, attrs) => {
      const [x, y] = [kept(saved, 0), kept(saved, 1)];
      const pooling = pooling3d(tf, x.shape, attrs as object as Attrs);
      return { x: () => maxPool3dGradient(tf, only(dy), x, y, pooling) };
    },
  });

  setGradient(tf, {
    kernelName: 'AvgPool3D',
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attrs) => {
      const { shape } = kept(saved, 0);
      const { across, within, ...shapes } = pooling3d(tf, shape, attrs as object as Attrs);
      return {
        x: () => {
          const pooled = tf.reshape(only(dy), shapes.pooledStack);
          const stack = avgPoolGradient(tf, pooled, tf.zeros(shapes.stack), across);
          const planes = tf.reshape(stack, shapes.pooledPlanes);
          return tf.reshape(avgPoolGradient(tf, planes, tf.zeros(shapes.planes), within), shape);
        },
      };
    },
  });

  mendKernel(tf, 'wasm', 'MaxPool3D', () => (call) => {
    const x = input(call.inputs, 'x');
    const { within, across, ...shapes } = pooling3d(tf, x.shape, call.attrs as object as Attrs);
    return compose(tf, 'wasm', call.backend, (run) => {
      const planes = run('Reshape', { x }, { shape: shapes.planes });
      const pooled = run('MaxPool', { x: planes }, { ...spelledOut(within) });
      const stack = run('Reshape', { x: pooled }, { shape: shapes.stack });
      const y = run('MaxPool', { x: stack }, { ...spelledOut(across) });
      return run('Reshape', { x: y }, { shape: shapes.out });
    });
  });
}

function maxPool3dGradient(tf: Tf, dy: Tensor, x: Tensor, y: Tensor, pooling: Pooling3d): Tensor {
  const run = onEngine(tf);
  const [within, across] = [{ ...spelledOut(pooling.within) }, { ...spelledOut(pooling.across) }];
  const planes = tf.reshape(x, pooling.planes);
  const pooled = run('MaxPool', { x: planes }, within);
  const stack = run(
    'MaxPoolGrad',
    {
      dy: tf.reshape(dy, pooling.pooledStack),
      input: tf.reshape(pooled, pooling.stack),
      output: tf.reshape(y, pooling.pooledStack),
    },
    across,
  );
  const dPooled = tf.reshape(stack, pooling.pooledPlanes);
  return tf.reshape(run('MaxPoolGrad', { dy: dPooled, input: planes, output: pooled }, within), x.shape);
}

function pooling3d(tf: Tf, shape: readonly number[], attrs: Attrs): Pooling3d {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const info = tf.backend_util.computePool3DInfo(shape as Size5, filterSize, strides, 1, pad, dimRoundingMode);
  const { batchSize, inChannels: channels, outDepth, outHeight, outWidth, padInfo } = info;
  const depth = poolAxis(info.inDepth, info.filterDepth, info.strideDepth, padInfo.front, outDepth);
  const positions = outHeight * outWidth;
  const untouched: PoolAxis = poolAxis(positions, 1, 1, 0, positions);
  const images = batchSize * info.inDepth;
  return {
    within: {
      rows: poolAxis(info.inHeight, info.filterHeight, info.strideHeight, padInfo.top, outHeight),
      columns: poolAxis(info.inWidth, info.filterWidth, info.strideWidth, padInfo.left, outWidth),
    },
    across: { rows: depth, columns: untouched },
    planes: [images, info.inHeight, info.inWidth, channels],
    pooledPlanes: [images, outHeight, outWidth, channels],
    stack: [batchSize, info.inDepth, positions, channels],
    pooledStack: [batchSize, outDepth, positions, channels],
    out: info.outShape,
  };
}
