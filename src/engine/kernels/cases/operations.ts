import type { Tensor, Tensor1D, Tensor3D, Tensor4D, Tensor5D } from '@tensorflow/tfjs';
import type { Tf } from '../tf';

/** An operation that layers are built of, with inputs small enough to differentiate number by number. */
export interface Operation {
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  readonly run: (tf: Tf, ...inputs: Tensor[]) => Tensor;
}

const unary = (name: string, run: (tf: Tf, x: Tensor) => Tensor, shape: readonly number[] = [3, 5]): Operation => ({
  name,
  shapes: [shape],
  run: (tf, x) => run(tf, x),
});

const binary = (
  name: string,
  a: readonly number[],
  b: readonly number[],
  run: (tf: Tf, a: Tensor, b: Tensor) => Tensor,
): Operation => ({ name, shapes: [a, b], run: (tf, x, y) => run(tf, x, y) });

const r3 = (x: Tensor) => x as Tensor3D;
const r4 = (x: Tensor) => x as Tensor4D;
const r5 = (x: Tensor) => x as Tensor5D;

/** Beside MEND_CASES, whose numbers come from PyTorch: other operations, and those in other shapes and ranks. */
export const OPERATIONS: readonly Operation[] = [
  // Convolutions
  binary('conv1d', [2, 7, 2], [3, 2, 3], (tf, x, w) => tf.conv1d(r3(x), r3(w), 2, 'same')),
  binary('conv2d', [2, 5, 4, 2], [3, 2, 2, 3], (tf, x, w) => tf.conv2d(r4(x), r4(w), [2, 1], 'same')),
  binary('conv2dTranspose', [2, 3, 2, 3], [3, 2, 2, 3], (tf, x, w) =>
    tf.conv2dTranspose(r4(x), r4(w), [2, 6, 4, 2], [2, 2], 'same'),
  ),
  binary('conv3d', [1, 4, 3, 4, 2], [2, 2, 3, 2, 2], (tf, x, w) => tf.conv3d(r5(x), r5(w), [2, 1, 1], 'same')),
  binary('depthwiseConv2d', [2, 5, 4, 2], [3, 2, 2, 2], (tf, x, w) => tf.depthwiseConv2d(r4(x), r4(w), 1, 'same')),
  binary('depthwiseConv2d unequal strides', [2, 6, 5, 2], [3, 2, 2, 1], (tf, x, w) =>
    tf.depthwiseConv2d(r4(x), r4(w), [2, 1], 'valid'),
  ),
  // Pools
  unary('maxPool', (tf, x) => tf.maxPool(r4(x), [3, 2], [2, 1], 'same'), [2, 4, 5, 2]),
  unary('maxPool valid', (tf, x) => tf.maxPool(r4(x), 2, 1, 'valid'), [2, 4, 5, 2]),
  unary('avgPool valid', (tf, x) => tf.avgPool(r4(x), 2, 2, 'valid'), [2, 4, 5, 2]),
  unary('maxPool3d valid', (tf, x) => tf.maxPool3d(r5(x), 2, 1, 'valid'), [1, 3, 4, 3, 2]),
  unary('avgPool3d valid', (tf, x) => tf.avgPool3d(r5(x), 2, 1, 'valid'), [1, 3, 4, 3, 2]),
  unary('maxPool3d cubic same', (tf, x) => tf.maxPool3d(r5(x), 3, 2, 'same'), [1, 3, 4, 5, 2]),
  unary(
    'maxPool explicit',
    (tf, x) => tf.maxPool(r4(x), [3, 2], [2, 1], [[0, 0], [1, 0], [0, 1], [0, 0]]),
    [1, 4, 5, 2],
  ),
  unary(
    'avgPool explicit',
    (tf, x) => tf.avgPool(r4(x), [3, 2], [2, 1], [[0, 0], [1, 0], [0, 1], [0, 0]]),
    [1, 4, 5, 2],
  ),
  unary('avgPool number', (tf, x) => tf.avgPool(r4(x), [3, 2], [1, 2], 1, 'floor'), [1, 4, 5, 2]),
  // Normalisation
  {
    name: 'batchNorm',
    shapes: [[3, 2, 2, 4], [4], [4]],
    run: (tf, x, gamma, beta) => {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      return tf.batchNorm(r4(x), mean as Tensor1D, variance as Tensor1D, beta as Tensor1D, gamma as Tensor1D, 1e-2);
    },
  },
  unary('localResponseNormalization', (tf, x) => tf.localResponseNormalization(r4(x), 1, 1, 0.7, 0.75), [1, 2, 3, 5]),
  unary('moments', (tf, x) => tf.concat([tf.moments(x, [1, 3]).mean, tf.moments(x, [1, 3]).variance]), [2, 3, 2, 2]),
  {
    name: 'group norm 6-D',
    shapes: [[2, 2, 1, 2, 2, 2], [2, 2]],
    run: (tf, x, g) => {
      const { mean, variance } = tf.moments(x, [1, 2, 3, 5], true);
      return tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 0.1))), tf.reshape(g, [1, 1, 1, 1, 2, 2]));
    },
  },
  // Activations and elementwise
  unary('relu', (tf, x) => tf.relu(x)),
  unary('relu6', (tf, x) => tf.relu6(x.mul(9))),
  unary('leakyRelu', (tf, x) => tf.leakyRelu(x, 0.3)),
  binary('prelu per channel', [2, 2, 3, 4], [4], (tf, x, alpha) => tf.prelu(x, alpha)),
  binary('prelu shared axes', [2, 2, 3, 4], [1, 1, 4], (tf, x, alpha) => tf.prelu(x, alpha)),
  unary('elu', (tf, x) => tf.elu(x)),
  unary('selu', (tf, x) => tf.selu(x)),
  unary('erf', (tf, x) => tf.erf(x)),
  unary('softplus', (tf, x) => tf.softplus(x)),
  unary('softsign', (tf, x) => tf.div(x, tf.add(tf.abs(x), 1))),
  unary('sigmoid', (tf, x) => tf.sigmoid(x)),
  unary('tanh', (tf, x) => tf.tanh(x)),
  unary('mish', (tf, x) => tf.mul(x, tf.tanh(tf.softplus(x)))),
  unary('hard swish', (tf, x) => tf.mul(x, tf.div(tf.relu6(tf.add(tf.mul(x, 4), 3)), 6))),
  unary('softmax', (tf, x) => tf.softmax(x)),
  unary('logSoftmax', (tf, x) => tf.logSoftmax(x)),
  unary('logSumExp', (tf, x) => tf.logSumExp(x, 1)),
  unary('clipByValue', (tf, x) => tf.clipByValue(x, -0.6, 0.45)),
  unary('exp', (tf, x) => tf.exp(x)),
  unary('log', (tf, x) => tf.log(x.add(2))),
  unary('sqrt', (tf, x) => tf.sqrt(x.add(2))),
  unary('rsqrt', (tf, x) => tf.rsqrt(x.add(2))),
  unary('square', (tf, x) => tf.square(x)),
  unary('abs', (tf, x) => tf.abs(x)),
  unary('sin', (tf, x) => tf.sin(x)),
  binary('pow', [2, 3], [3], (tf, a, b) => tf.pow(a.add(2), b)),
  binary('add', [2, 3], [3], (tf, a, b) => tf.add(a, b)),
  binary('sub', [2, 3], [2, 1], (tf, a, b) => tf.sub(a, b)),
  binary('mul', [2, 3], [3], (tf, a, b) => tf.mul(a, b)),
  binary('div', [2, 3], [3], (tf, a, b) => tf.div(a, b.add(2))),
  binary('maximum', [2, 3], [2, 3], (tf, a, b) => tf.maximum(a, b.mul(0.77))),
  binary('where', [2, 3], [2, 3], (tf, a, b) => tf.where(tf.tensor2d([1, 0, 0, 1, 1, 0], [2, 3], 'bool'), a, b)),
  binary('where, broadcast', [2, 3], [3], (tf, a, b) =>
    tf.where(tf.tensor2d([1, 0, 0, 1, 1, 0], [2, 3], 'bool'), a, b),
  ),
  unary('leakyRelu 5-D', (tf, x) => tf.leakyRelu(x, 0.2), [2, 2, 3, 2, 1]),
  binary('mul 5-D broadcast middle', [2, 3, 2, 1, 2], [2, 1, 1, 1, 2], (tf, x, y) => tf.mul(x, y)),
  binary('mul 6-D broadcast', [2, 1, 2, 1, 2, 2], [2, 3, 1, 1, 2, 1], (tf, x, y) => tf.mul(x, y)),
  binary('bias 6-D', [2, 2, 1, 2, 2, 3], [3], (tf, x, a) => tf.div(tf.sub(x, a), a.add(2))),
  // Reductions
  unary('sum', (tf, x) => tf.sum(x, [0, 2]), [2, 3, 2]),
  unary('mean', (tf, x) => tf.mean(x, [0, 2], true), [2, 3, 2]),
  unary('max', (tf, x) => tf.max(x, 1)),
  unary('max, two axes', (tf, x) => tf.max(x, [0, 2]), [2, 3, 2]),
  unary('min', (tf, x) => tf.min(x, [0, 2], true), [2, 3, 2]),
  unary('prod', (tf, x) => tf.prod(x.add(2), 1), [2, 3]),
  unary('euclidean norm', (tf, x) => tf.norm(x, 'euclidean', 1)),
  unary('max 5-D', (tf, x) => tf.max(x, [1, 2, 3]), [2, 3, 2, 2, 2]),
  // Shape
  unary('reshape', (tf, x) => tf.square(tf.reshape(x, [3, 4])), [2, 3, 2]),
  unary('transpose 2-D', (tf, x) => tf.transpose(x)),
  unary('transpose 4-D', (tf, x) => tf.transpose(x, [0, 3, 1, 2]), [2, 2, 3, 2]),
  unary('transpose 5-D', (tf, x) => tf.transpose(x, [0, 4, 2, 1, 3]), [2, 2, 3, 2, 2]),
  unary('transpose 6-D', (tf, x) => tf.transpose(x, [0, 4, 2, 5, 1, 3]), [1, 2, 3, 2, 2, 2]),
  unary('expandDims', (tf, x) => tf.square(tf.expandDims(x, 1))),
  unary('tile 4-D', (tf, x) => tf.tile(x, [1, 2, 2, 1]), [2, 2, 2, 2]),
  unary('tile 6-D', (tf, x) => tf.tile(x, [1, 1, 2, 1, 1, 2]), [1, 2, 2, 1, 2, 2]),
  unary('broadcastTo', (tf, x) => tf.broadcastTo(x, [2, 3, 2]), [2, 1, 2]),
  unary('slice 6-D', (tf, x) => tf.slice(x, [0, 1, 0, 1, 0, 1], [1, 1, 2, 1, 1, 1]), [1, 2, 3, 2, 2, 2]),
  unary('stridedSlice 4-D', (tf, x) => tf.stridedSlice(x, [0, 0, 1, 0], [2, 4, 4, 2], [1, 2, 2, 1]), [2, 4, 4, 2]),
  unary('pad', (tf, x) => tf.pad(x, [[1, 0], [2, 1]], 0.5)),
  unary('pad 4-D', (tf, x) => tf.pad(x, [[0, 0], [2, 1], [0, 1], [0, 0]]), [1, 3, 2, 2]),
  unary('pad 6-D', (tf, x) => tf.pad(x, [[0, 0], [1, 0], [0, 2], [1, 1], [0, 0], [0, 1]]), [1, 2, 3, 2, 1, 2]),
  unary('mirrorPad 3-D', (tf, x) => tf.mirrorPad(x, [[0, 0], [2, 1], [0, 0]], 'reflect'), [2, 4, 2]),
  binary('concat', [2, 3], [2, 2], (tf, a, b) => tf.concat([a, b], 1)),
  binary('concat 5-D', [1, 2, 2, 2, 1], [1, 2, 2, 2, 2], (tf, a, b) => tf.concat([a, b], 4)),
  unary('split', (tf, x) => tf.mul(...(tf.split(x, 2, 1) as [Tensor, Tensor])), [2, 4, 2]),
  unary('split sizes', (tf, x) => tf.matMul(...(tf.split(x, [2, 1, 2], 1).slice(0, 2) as [Tensor, Tensor]), true)),
  binary('stack', [2, 3], [2, 3], (tf, a, b) => tf.stack([a, b], 1)),
  unary('unstack', (tf, x) => tf.unstack(x, 1)[1]!.square(), [2, 4, 2]),
  unary('reverse', (tf, x) => tf.reverse(x, [1]), [2, 3, 2]),
  unary('resizeBilinear', (tf, x) => tf.image.resizeBilinear(r4(x), [5, 4]), [1, 3, 2, 2]),
  unary('resizeBilinear, corners', (tf, x) => tf.image.resizeBilinear(r4(x), [5, 4], true), [1, 3, 2, 2]),
  unary('resizeBilinear down', (tf, x) => tf.image.resizeBilinear(r4(x), [2, 2], false, true), [1, 5, 3, 2]),
  unary('resizeNearest', (tf, x) => tf.image.resizeNearestNeighbor(r4(x), [5, 4]), [1, 3, 2, 2]),
  unary('resizeNearest ×2', (tf, x) => tf.image.resizeNearestNeighbor(r4(x), [6, 4]), [1, 3, 2, 2]),
  unary('resizeNearest, corners', (tf, x) => tf.image.resizeNearestNeighbor(r4(x), [5, 4], true), [1, 3, 2, 2]),
  unary('spaceToBatchND', (tf, x) => tf.spaceToBatchND(x, [2, 2], [[0, 1], [1, 0]]), [1, 3, 3, 2]),
  unary('batchToSpaceND', (tf, x) => tf.batchToSpaceND(x, [2, 2], [[0, 1], [1, 0]]), [4, 2, 2, 1]),
  // Gather
  unary('gather axis 1', (tf, x) => tf.gather(x, tf.tensor2d([2, 0, 2, 1], [2, 2], 'int32'), 1), [2, 3, 2]),
  unary('gather batched', (tf, x) => tf.gather(x, tf.tensor2d([2, 0, 2, 1], [2, 2], 'int32'), 1, 1), [2, 3, 2]),
  unary('max 5-D', (tf, x) => tf.max(x, [1, 2, 3]), [2, 3, 2, 2, 2]),
  unary('gather 5-D', (tf, x) => tf.gather(x, tf.tensor1d([1, 0, 1], 'int32'), 2), [1, 2, 2, 2, 2]),
  // Products
  binary('matMul', [3, 4], [4, 2], (tf, a, b) => tf.matMul(a, b)),
  binary('matMul transposed a', [4, 3], [4, 2], (tf, a, b) => tf.matMul(a, b, true)),
  binary('matMul transposed b', [3, 4], [2, 4], (tf, a, b) => tf.matMul(a, b, false, true)),
  binary('matMul both', [4, 3], [2, 4], (tf, a, b) => tf.matMul(a, b, true, true)),
  binary('matMul batched', [2, 3, 4], [2, 4, 2], (tf, a, b) => tf.matMul(a, b)),
  binary('matMul batched, transposed', [2, 2, 3, 4], [2, 2, 2, 4], (tf, a, b) => tf.matMul(a, b, false, true)),
  binary('fused dense', [3, 4], [4, 2], (tf, a, b) => tf.fused.matMul({ a, b, activation: 'relu' })),
  binary('fused conv2d', [1, 4, 4, 2], [3, 3, 2, 2], (tf, x, w) =>
    tf.fused.conv2d({ x: r4(x), filter: r4(w), strides: 1, pad: 'same', activation: 'relu' }),
  ),
  {
    name: 'LSTM step',
    shapes: [[2, 3], [2, 2], [2, 2], [5, 8], [8]],
    run: (tf, x, h, c, kernel, bias) => {
      const z = tf.add(tf.matMul(tf.concat([x, h], 1), kernel), bias);
      const [i, f, g, o] = tf.split(z, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
      const next = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
      return tf.mul(tf.sigmoid(o), tf.tanh(next));
    },
  },
];
