import type { Rank, Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { Tf } from '../tf';
import { EVERYWHERE, type MendCase, distinct, through, wave } from './mendCase';

const LAST_TIE = 'of equal maxima the last takes the gradient';

const negative = (tf: Tf, shape: [number, number, number, number]): Tensor4D =>
  tf.neg(tf.abs(distinct<Rank.R4>(tf, shape, 1)));

export const POOLING_CASES: readonly MendCase[] = [
  {
    name: 'max pooling, overlapping a border',
    stock: 'the gradient goes to wrong cells',
    failsOn: ['wasm'],
    run: (tf) => through(tf, [negative(tf, [1, 3, 3, 2])], (x) => tf.maxPool(x, 2, 1, 'same')),
  },
  {
    name: 'max pooling, ties',
    stock: LAST_TIE,
    failsOn: ['webgl', 'webgpu'],
    run: (tf) => through(tf, [tf.zeros<Rank.R4>([1, 4, 4, 2])], (x) => tf.maxPool(x, 2, 2, 'valid')),
  },
  {
    name: 'max pooling, ties with rows left over',
    stock: LAST_TIE,
    failsOn: ['webgl', 'webgpu'],
    run: (tf) => through(tf, [tf.ones<Rank.R4>([1, 5, 4, 1])], (x) => tf.maxPool(x, [2, 3], [2, 1], 'valid')),
  },
  {
    name: 'max pooling, rounded up',
    stock: 'the shape is wrong for unequal windows, and the gradient forgets the rounding',
    failsOn: EVERYWHERE,
    run: (tf) => through(tf, [distinct<Rank.R4>(tf, [1, 6, 5, 2], 1)], (x) => tf.maxPool(x, [3, 2], 2, 0, 'ceil')),
  },
  {
    name: 'max pooling, padded by a number',
    stock: 'the shape is wrong for unequal windows',
    failsOn: EVERYWHERE,
    run: (tf) => through(tf, [distinct<Rank.R4>(tf, [1, 4, 5, 2], 1)], (x) => tf.maxPool(x, [3, 2], [1, 2], 1)),
  },
  {
    name: 'average pooling, padded unequally',
    stock: 'the gradient divides by the whole window, the output by the cells inside',
    failsOn: EVERYWHERE,
    run: (tf) => through(tf, [wave<Rank.R4>(tf, [1, 5, 5, 2], 1)], (x) => tf.avgPool(x, 3, 2, 'same')),
  },
  {
    name: 'average pooling, rounded up',
    stock: 'the shape is wrong for unequal windows, and the gradient forgets the rounding',
    failsOn: EVERYWHERE,
    run: (tf) => through(tf, [wave<Rank.R4>(tf, [1, 6, 5, 2], 1)], (x) => tf.avgPool(x, [3, 2], 2, 0, 'ceil')),
  },
  {
    name: 'max pooling in 3-D, windows no cubes',
    stock: 'the gradient goes to wrong cells',
    failsOn: ['cpu', 'webgpu'],
    run: (tf) =>
      through(tf, [distinct<Rank.R5>(tf, [1, 3, 4, 4, 2], 1)], (x) => tf.maxPool3d(x, [2, 3, 2], [1, 1, 2], 'valid')),
  },
  {
    name: 'max pooling in 3-D, ties',
    stock: `${LAST_TIE}; on wasm the maximum of zeros is 1.2e-38, and the gradient is lost`,
    failsOn: EVERYWHERE,
    run: (tf) => through(tf, [tf.zeros<Rank.R5>([1, 4, 2, 4, 1])], (x) => tf.maxPool3d(x, 2, 2, 'valid')),
  },
  {
    name: 'average pooling in 3-D, padded',
    stock: 'the gradient divides by the whole window, the output by the cells inside',
    failsOn: EVERYWHERE,
    run: (tf) => through(tf, [wave<Rank.R5>(tf, [1, 3, 5, 3, 2], 1)], (x) => tf.avgPool3d(x, 3, 2, 'same')),
  },
  {
    name: 'max pooling with positions',
    stock: 'there is no gradient, and wasm has a floor just above zero',
    failsOn: EVERYWHERE,
    run: (tf) =>
      through(
        tf,
        [negative(tf, [1, 4, 3, 2])],
        (x) => tf.maxPoolWithArgmax(x, [3, 2], [1, 1], 'valid').result as Tensor,
      ),
  },
];
