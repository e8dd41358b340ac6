import type { Rank, Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../tf';
import { EVERYWHERE, type MendCase, distinct, through, wave } from './mendCase';

const tied = (tf: Tf) =>
  tf.tensor2d([
    [3, 1, 3, 1],
    [2, 2, 2, 0],
  ]);

const WHOLE_EACH = 'every one of equal extremes gets the whole gradient';
const NOT_SUMMED = 'the gradient is not summed over what was broadcast, and throws over its shape';

export const ARITHMETIC_CASES: readonly MendCase[] = [
  {
    name: 'max, ties',
    stock: WHOLE_EACH,
    failsOn: EVERYWHERE,
    run: (tf) => through(tf, [tied(tf)], (x) => tf.max(x, 1)),
  },
  {
    name: 'min, ties',
    stock: WHOLE_EACH,
    failsOn: EVERYWHERE,
    run: (tf) => {
      const rows = tf.tensor2d([
        [1, 2, 0],
        [1, 3, 0],
      ]);
      return through(tf, [rows], (x) => tf.min(x, 0, true));
    },
  },
  {
    name: 'maximum, ties',
    stock: 'the first of two equal operands gets the whole gradient',
    failsOn: EVERYWHERE,
    run: (tf) => through(tf, [tied(tf), tf.reverse(tied(tf), 1)], (a, b) => tf.maximum(a, b)),
  },
  {
    name: 'minimum, broadcast',
    stock: NOT_SUMMED,
    failsOn: EVERYWHERE,
    run: (tf) => through(tf, [tied(tf), tf.tensor1d([2, 2, 2, 0])], (a, b) => tf.minimum(a, b)),
  },
  {
    name: 'squared difference, broadcast',
    stock: NOT_SUMMED,
    failsOn: EVERYWHERE,
    run: (tf) =>
      through(tf, [wave<Rank.R2>(tf, [2, 3], 1), wave<Rank.R1>(tf, [3], 2)], (a, b) => tf.squaredDifference(a, b)),
  },
  {
    name: 'matrix product, broadcast',
    stock: NOT_SUMMED,
    failsOn: EVERYWHERE,
    run: (tf) =>
      through(tf, [wave<Rank.R3>(tf, [2, 3, 4], 1), wave<Rank.R3>(tf, [1, 4, 2], 2)], (a, b) => tf.matMul(a, b)),
  },
  {
    name: 'sum of many',
    stock: 'the shader reads more tensors than it may, and the work queued with it is lost',
    failsOn: ['webgpu'],
    run: (tf) =>
      through(
        tf,
        Array.from({ length: 20 }, (_, seed) => wave(tf, [2, 3], seed)),
        (...xs) => tf.addN(xs),
      ),
  },
  {
    name: 'bias in 3-D',
    stock: 'the shader for a vector with rank 5 does not compile',
    failsOn: ['webgpu'],
    run: (tf) =>
      through(tf, [wave<Rank.R5>(tf, [1, 2, 2, 2, 3], 1), wave<Rank.R1>(tf, [3], 2)], (x, bias) => tf.add(x, bias)),
  },
  {
    name: 'prelu in 3-D',
    stock: 'the selection within the gradient takes no rank above 4',
    failsOn: ['webgl', 'webgpu'],
    run: (tf) =>
      through(tf, [distinct<Rank.R5>(tf, [1, 2, 2, 2, 3], 1), wave<Rank.R1>(tf, [3], 2)], (x: Tensor, a: Tensor) =>
        tf.prelu(x, a),
      ),
  },
  {
    name: 'cumsum along a middle axis',
    stock: 'the gradient comes out transposed',
    failsOn: EVERYWHERE,
    run: (tf) => through(tf, [wave<Rank.R3>(tf, [2, 3, 2], 1)], (x) => tf.cumsum(x, 1)),
  },
  {
    name: 'cumsum of rank 5',
    stock: 'there is no rank above 4; elsewhere the gradient comes out transposed',
    failsOn: EVERYWHERE,
    run: (tf) => through(tf, [wave<Rank.R5>(tf, [1, 2, 3, 2, 1], 1)], (x) => tf.cumsum(x, 2)),
  },
  {
    name: 'cast, transposed',
    stock: 'the shader that transposes finds integers where floats are said to be, and does not compile',
    failsOn: ['webgpu'],
    run: (tf) =>
      through(tf, [wave<Rank.R3>(tf, [3, 2, 2], 1)], (x) =>
        tf.mul(x, tf.transpose(tf.cast(tf.greater(tf.reshape(tf.range(0, 12), [2, 3, 2]), 5), 'float32'), [1, 0, 2])),
      ),
  },
];
