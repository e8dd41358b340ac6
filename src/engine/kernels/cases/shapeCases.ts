import type { Rank } from '@tensorflow/tfjs';
import type { CaseBackend, MendCase } from './mendCase';
import { EVERYWHERE, through, wave } from './mendCase';

const NO_GRADIENT = 'there is no gradient';
const SHADERS: readonly CaseBackend[] = ['webgl', 'webgpu'];
const NO_SHADER = 'the shader for rank 5 does not compile';

export const SHAPE_CASES: readonly MendCase[] = [
  {
    name: 'tile of rank 5',
    stock: 'the gradient takes no rank above 4',
    failsOn: EVERYWHERE,
    run: (tf) => through(tf, [wave<Rank.R5>(tf, [1, 2, 2, 1, 2], 1)], (x) => tf.tile(x, [1, 2, 1, 1, 2])),
  },
  {
    name: 'strided slice',
    stock: NO_GRADIENT,
    failsOn: EVERYWHERE,
    run: (tf) => through(tf, [wave<Rank.R2>(tf, [3, 5], 1)], (x) => tf.stridedSlice(x, [0, 3], [3, 0], [2, -2])),
  },
  {
    name: 'strided slice of rank 5',
    stock: NO_GRADIENT,
    failsOn: EVERYWHERE,
    run: (tf) =>
      through(tf, [wave<Rank.R5>(tf, [1, 3, 3, 2, 2], 1)], (x) =>
        tf.stridedSlice(x, [0, 0, 1, 0, 0], [1, 3, 3, 2, 2], [1, 2, 1, 1, 1]),
      ),
  },
  {
    name: 'slice of rank 5',
    stock: `${NO_SHADER}, that of the padding in the gradient`,
    failsOn: SHADERS,
    run: (tf) =>
      through(tf, [wave<Rank.R5>(tf, [1, 2, 3, 2, 2], 1)], (x) => tf.slice(x, [0, 1, 0, 1, 0], [1, 1, 3, 1, 1])),
  },
  {
    name: 'pad of rank 5',
    stock: NO_SHADER,
    failsOn: SHADERS,
    run: (tf) =>
      through(tf, [wave<Rank.R5>(tf, [1, 2, 3, 2, 2], 1)], (x) =>
        tf.pad(x, [[0, 0], [1, 0], [0, 2], [1, 1], [0, 0]]),
      ),
  },
  {
    name: 'reverse of rank 5',
    stock: 'it takes no rank above 4',
    failsOn: SHADERS,
    run: (tf) => through(tf, [wave<Rank.R5>(tf, [2, 2, 3, 2, 1], 1)], (x) => tf.reverse(x, [1, 3])),
  },
  {
    name: 'reflection padding',
    stock: 'the gradient of what was mirrored is dropped',
    failsOn: EVERYWHERE,
    run: (tf) =>
      through(tf, [wave<Rank.R4>(tf, [1, 3, 2, 2], 1)], (x) =>
        tf.mirrorPad(x, [[0, 0], [2, 1], [1, 1], [0, 0]], 'reflect'),
      ),
  },
  {
    name: 'reflection padding of rank 5',
    stock: 'the gradient of what was mirrored is dropped, and shaders do not compile',
    failsOn: EVERYWHERE,
    run: (tf) =>
      through(tf, [wave<Rank.R5>(tf, [1, 2, 3, 2, 2], 1)], (x) =>
        tf.mirrorPad(x, [[0, 0], [1, 0], [2, 1], [0, 1], [0, 0]], 'reflect'),
      ),
  },
  {
    name: 'symmetric padding',
    stock: 'the gradient of what was mirrored is dropped',
    failsOn: EVERYWHERE,
    run: (tf) =>
      through(tf, [wave<Rank.R2>(tf, [3, 2], 1)], (x) => tf.mirrorPad(x, [[2, 1], [0, 0]], 'symmetric')),
  },
  {
    name: 'pixel shuffle',
    stock: NO_GRADIENT,
    failsOn: EVERYWHERE,
    run: (tf) => through(tf, [wave<Rank.R4>(tf, [1, 2, 3, 4], 1)], (x) => tf.depthToSpace(x, 2)),
  },
  {
    name: 'pixel shuffle, two channels',
    stock: NO_GRADIENT,
    failsOn: EVERYWHERE,
    run: (tf) => through(tf, [wave<Rank.R4>(tf, [1, 2, 1, 8], 1)], (x) => tf.depthToSpace(x, 2)),
  },
  {
    name: 'bilinear, corners aligned',
    stock: 'the gradient has height and width exchanged',
    failsOn: ['cpu'],
    run: (tf) =>
      through(tf, [wave<Rank.R4>(tf, [1, 3, 2, 2], 1)], (x) => tf.image.resizeBilinear(x, [5, 4], true)),
  },
  {
    name: 'bilinear, half-pixel centres',
    stock: 'the gradient ignores that centres are half a pixel off',
    failsOn: EVERYWHERE,
    run: (tf) =>
      through(tf, [wave<Rank.R4>(tf, [1, 3, 2, 2], 1)], (x) => tf.image.resizeBilinear(x, [5, 4], false, true)),
  },
  {
    name: 'nearest, two images',
    stock: 'the gradient takes the numbers of the second image from wrong places',
    failsOn: ['cpu'],
    run: (tf) =>
      through(tf, [wave<Rank.R4>(tf, [2, 3, 2, 2], 1)], (x) => tf.image.resizeNearestNeighbor(x, [5, 4])),
  },
  {
    name: 'split into one part',
    stock: 'the gradient throws',
    failsOn: EVERYWHERE,
    run: (tf) => through(tf, [wave<Rank.R2>(tf, [3, 2], 1)], (x) => tf.split(x, [2], 1)[0]!),
  },
  {
    name: 'unstack of one',
    stock: 'the gradient throws',
    failsOn: EVERYWHERE,
    run: (tf) => through(tf, [wave<Rank.R3>(tf, [3, 1, 2], 1)], (x) => tf.unstack(x, 1)[0]!),
  },
  {
    name: 'nearest, half-pixel centres',
    stock: 'the gradient ignores that centres are half a pixel off',
    failsOn: EVERYWHERE,
    run: (tf) =>
      through(tf, [wave<Rank.R4>(tf, [1, 3, 2, 2], 1)], (x) => tf.image.resizeNearestNeighbor(x, [5, 4], false, true)),
  },
  {
    name: 'crop and resize',
    stock: NO_GRADIENT,
    failsOn: EVERYWHERE,
    run: (tf) =>
      through(tf, [wave<Rank.R4>(tf, [2, 4, 3, 2], 1)], (x) =>
        tf.image.cropAndResize(x, tf.tensor2d([[0.1, 0.25, 0.9, 0.9]]), tf.tensor1d([1], 'int32'), [3, 2]),
      ),
  },
];
