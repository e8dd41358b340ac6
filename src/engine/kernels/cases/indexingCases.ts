import type { Rank } from '@tensorflow/tfjs';
import { EVERYWHERE, type MendCase, distinct, through, wave } from './mendCase';

const NO_KERNEL = 'the kernel UnsortedSegmentSum is missing';
const NO_GRADIENT = 'there is no gradient';

export const INDEXING_CASES: readonly MendCase[] = [
  {
    name: 'gather, rows repeated',
    stock: NO_KERNEL,
    failsOn: ['wasm'],
    run: (tf) =>
      through(tf, [wave<Rank.R2>(tf, [4, 3], 1)], (x) => tf.gather(x, tf.tensor1d([2, 0, 2, 1, 2], 'int32'))),
  },
  {
    name: 'segments summed',
    stock: NO_KERNEL,
    failsOn: ['wasm'],
    run: (tf) =>
      through(tf, [wave<Rank.R2>(tf, [4, 3], 1)], (x) =>
        tf.unsortedSegmentSum(x, tf.tensor1d([1, 0, 1, 3], 'int32'), 4),
      ),
  },
  {
    name: 'gather by tuples',
    stock: NO_GRADIENT,
    failsOn: EVERYWHERE,
    run: (tf) =>
      through(tf, [wave<Rank.R3>(tf, [2, 3, 2], 1)], (x) =>
        tf.gatherND(x, tf.tensor2d([[0, 1], [1, 0], [0, 1]], [3, 2], 'int32')),
      ),
  },
  {
    name: 'scatter by tuples',
    stock: NO_GRADIENT,
    failsOn: EVERYWHERE,
    run: (tf) =>
      through(tf, [wave<Rank.R2>(tf, [3, 2], 1)], (x) =>
        tf.scatterND(tf.tensor2d([[1], [3], [1]], [3, 1], 'int32'), x, [5, 2]),
      ),
  },
  {
    name: 'update by tuples',
    stock: `${NO_GRADIENT}, and cpu writes into the tensor itself`,
    failsOn: EVERYWHERE,
    run: (tf) =>
      through(tf, [wave<Rank.R2>(tf, [5, 2], 1), wave<Rank.R2>(tf, [2, 2], 2)], (x, updates) =>
        tf.tensorScatterUpdate(x, tf.tensor2d([[1], [3]], [2, 1], 'int32'), updates),
      ),
  },
  {
    name: 'top k',
    stock: NO_GRADIENT,
    failsOn: EVERYWHERE,
    run: (tf) => through(tf, [distinct<Rank.R2>(tf, [3, 5], 1)], (x) => tf.topk(x, 2).values),
  },
  {
    name: 'selection of rank 5',
    stock: 'it takes no rank above 4',
    failsOn: ['webgl', 'webgpu'],
    run: (tf) =>
      through(tf, [wave<Rank.R5>(tf, [2, 1, 2, 2, 2], 1), wave<Rank.R5>(tf, [2, 1, 2, 2, 2], 2)], (a, b) =>
        tf.where(tf.greater(tf.reshape(tf.range(0, 16), [2, 1, 2, 2, 2]), 5), a, b),
      ),
  },
];
