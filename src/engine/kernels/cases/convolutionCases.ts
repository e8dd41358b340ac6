import type { Rank } from '@tensorflow/tfjs';
import { conv2d } from '../conv2d';
import { conv3d } from '../conv3d';
import { EVERYWHERE, type MendCase, through, wave } from './mendCase';

const NO_GRADIENT = 'the gradient throws for dilations above 1 (tensorflow/tfjs#7906)';

export const CONVOLUTION_CASES: readonly MendCase[] = [
  {
    name: 'conv1d, dilated',
    stock: NO_GRADIENT,
    failsOn: EVERYWHERE,
    run: (tf) =>
      through(tf, [wave<Rank.R3>(tf, [1, 7, 2], 1), wave<Rank.R3>(tf, [3, 2, 2], 2)], (x, w) =>
        tf.conv1d(x, w, 1, 'valid', 'NWC', 2),
      ),
  },
  {
    name: 'conv2d',
    stock: 'the kernel of the filter gradient is missing (tensorflow/tfjs#8474)',
    failsOn: ['wasm'],
    run: (tf) =>
      through(tf, [wave<Rank.R4>(tf, [2, 5, 4, 2], 1), wave<Rank.R4>(tf, [3, 2, 2, 2], 2)], (x, w) =>
        tf.conv2d(x, w, [2, 1], 'same'),
      ),
  },
  {
    name: 'conv2d, dilated',
    stock: NO_GRADIENT,
    failsOn: EVERYWHERE,
    run: (tf) =>
      through(tf, [wave<Rank.R4>(tf, [1, 6, 7, 2], 1), wave<Rank.R4>(tf, [3, 2, 2, 2], 2)], (x, w) =>
        tf.conv2d(x, w, 1, 'valid', 'NHWC', [2, 3]),
      ),
  },
  {
    name: 'conv2d, dilated and strided',
    stock: 'tf.conv2d refuses both at once; past it, the gradient throws',
    failsOn: EVERYWHERE,
    run: (tf) =>
      through(tf, [wave<Rank.R4>(tf, [1, 6, 7, 2], 1), wave<Rank.R4>(tf, [3, 2, 2, 2], 2)], (x, w) =>
        conv2d(tf, x, w, { strides: [2, 3], dilations: [2, 3], pad: [[0, 0], [1, 2], [0, 1], [0, 0]] }),
      ),
  },
  {
    name: 'conv2d, windows that leave elements over',
    stock: 'the padding of `same` comes out negative, and the output is zero',
    failsOn: ['wasm'],
    run: (tf) =>
      through(tf, [wave<Rank.R4>(tf, [1, 9, 9, 1], 1), wave<Rank.R4>(tf, [2, 2, 1, 1], 2)], (x, w) =>
        tf.conv2d(x, w, 3, 'same'),
      ),
  },
  {
    name: 'conv3d',
    stock: 'the gradients are wrong where windows are padded or strided',
    failsOn: ['wasm'],
    run: (tf) =>
      through(tf, [wave<Rank.R5>(tf, [1, 4, 3, 4, 2], 1), wave<Rank.R5>(tf, [2, 2, 3, 2, 2], 2)], (x, w) =>
        tf.conv3d(x, w, [2, 1, 1], 'same'),
      ),
  },
  {
    name: 'conv3d, dilated',
    stock: NO_GRADIENT,
    failsOn: EVERYWHERE,
    run: (tf) =>
      through(tf, [wave<Rank.R5>(tf, [1, 4, 3, 5, 2], 1), wave<Rank.R5>(tf, [2, 2, 2, 2, 2], 2)], (x, w) =>
        tf.conv3d(x, w, 1, 'valid', 'NDHWC', [2, 1, 2]),
      ),
  },
  {
    name: 'conv3d, dilated and strided',
    stock: 'tf.conv3d refuses both at once; past it, the gradient throws',
    failsOn: EVERYWHERE,
    run: (tf) =>
      through(tf, [wave<Rank.R5>(tf, [1, 5, 4, 6, 1], 1), wave<Rank.R5>(tf, [2, 2, 2, 1, 2], 2)], (x, w) =>
        conv3d(tf, x, w, { strides: [2, 1, 3], dilations: [1, 2, 2], pad: 'valid' }),
      ),
  },
  {
    name: 'conv3dTranspose',
    stock: 'there is no gradient, and on wasm the output is wrong',
    failsOn: EVERYWHERE,
    run: (tf) =>
      through(tf, [wave<Rank.R5>(tf, [1, 2, 2, 2, 3], 1), wave<Rank.R5>(tf, [2, 2, 2, 2, 3], 2)], (x, w) =>
        tf.conv3dTranspose(x, w, [1, 4, 3, 4, 2], [2, 1, 2], 'valid'),
      ),
  },
  {
    name: 'depthwise',
    stock: 'the kernels of both gradients are missing',
    failsOn: ['wasm'],
    run: (tf) =>
      through(tf, [wave<Rank.R4>(tf, [1, 4, 3, 2], 1), wave<Rank.R4>(tf, [3, 2, 2, 2], 2)], (x, w) =>
        tf.depthwiseConv2d(x, w, 1, 'same'),
      ),
  },
  {
    name: 'depthwise, dilated',
    stock: NO_GRADIENT,
    failsOn: EVERYWHERE,
    run: (tf) =>
      through(tf, [wave<Rank.R4>(tf, [1, 6, 5, 2], 1), wave<Rank.R4>(tf, [3, 2, 2, 2], 2)], (x, w) =>
        tf.depthwiseConv2d(x, w, 1, 'same', 'NHWC', 2),
      ),
  },
  {
    name: 'depthwise, dilated and strided',
    stock: 'cpu and webgl refuse both at once; elsewhere the gradient throws',
    failsOn: EVERYWHERE,
    run: (tf) =>
      through(tf, [wave<Rank.R4>(tf, [1, 6, 7, 2], 1), wave<Rank.R4>(tf, [3, 2, 2, 1], 2)], (x, filter) =>
        tf.engine().runKernel(
          'DepthwiseConv2dNative',
          { x, filter },
          { strides: [2, 3], dilations: [2, 3], pad: [[0, 0], [1, 2], [0, 1], [0, 0]], dataFormat: 'NHWC' },
        ),
      ),
  },
];
