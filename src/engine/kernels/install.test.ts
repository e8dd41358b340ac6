import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeSurroundings } from '../backends/node';
import { prepareBackend } from '../backends/prepare';
import type { Size4 } from './convolution';
import { install } from './install';
import { on, randomTensor, relativeError } from './testing';

const small = (min: number, max: number) => fc.integer({ min, max });

beforeAll(async () => {
  const prepared = await prepareBackend(tf, 'wasm', nodeSurroundings);
  if (!prepared.ok) throw new Error(prepared.error.message);
});

async function expectAgreement(body: () => tf.Tensor[], tolerance = 1e-5): Promise<void> {
  const expected = await on(tf, 'cpu', body);
  const actual = await on(tf, 'wasm', body);
  actual.forEach((values, i) => expect(relativeError(values, expected[i]!)).toBeLessThan(tolerance));
}

describe('on wasm, as on the cpu backend', () => {
  it('a depthwise convolution has its gradients', async () => {
    const cases = fc.record({
      batch: small(1, 2),
      size: fc.tuple(small(4, 9), small(4, 9)),
      channels: small(1, 4),
      multiplier: small(1, 3),
      kernel: fc.tuple(small(1, 3), small(1, 3)),
      stride: small(1, 3),
      pad: fc.constantFrom<'valid' | 'same'>('valid', 'same'),
    });
    await fc.assert(
      fc.asyncProperty(cases, ({ batch, size, channels, multiplier, kernel, stride, pad }) =>
        expectAgreement(() => {
          const filterShape: Size4 = [...kernel, channels, multiplier];
          const inputs = [
            randomTensor<tf.Rank.R4>(tf, [batch, ...size, channels], 1),
            randomTensor<tf.Rank.R4>(tf, filterShape, 2),
          ];
          const forward = (x: tf.Tensor, w: tf.Tensor) =>
            tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad);
          const y = forward(inputs[0]!, inputs[1]!);
          return [y, ...tf.grads(forward)(inputs, randomTensor(tf, y.shape, 3))];
        }),
      ),
      { seed: 1, numRuns: 80 },
    );
  });

  it('gather passes its gradient back, and repeated rows add up', async () => {
    await expectAgreement(() => {
      const table = randomTensor<tf.Rank.R2>(tf, [7, 3], 1);
      const rows = tf.tensor2d([2, 0, 2, 6, 2, 1], [2, 3], 'int32');
      return [tf.grad((t) => tf.gather(t, rows).square())(table)];
    });
  });

  it('segments are summed, and rows with a segment that does not exist are left out', async () => {
    await tf.setBackend('wasm');
    const sum = (x: tf.Tensor) => tf.unsortedSegmentSum(x, tf.tensor1d([1, -1, 1, 3], 'int32'), 3).arraySync();
    const rows = [[1, 2], [4, 8], [16, 32], [64, 128]];
    expect(sum(tf.tensor2d(rows))).toEqual([[0, 0], [17, 34], [0, 0]]);
    expect(sum(tf.tensor2d(rows, [4, 2], 'int32'))).toEqual([[0, 0], [17, 34], [0, 0]]);
  });

  it('matrices multiply in every transposition and number', async () => {
    const cases = fc.record({
      m: small(1, 40),
      k: small(1, 40),
      n: small(1, 40),
      batch: fc.constantFrom<number[]>([], [1], [3], [2, 2]),
      transposeA: fc.boolean(),
      transposeB: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(cases, ({ m, k, n, batch, transposeA, transposeB }) =>
        expectAgreement(() => {
          const a = randomTensor(tf, [...batch, ...(transposeA ? [k, m] : [m, k])], 1);
          const b = randomTensor(tf, [...batch, ...(transposeB ? [n, k] : [k, n])], 2);
          return [tf.matMul(a, b, transposeA, transposeB)];
        }),
      ),
      { seed: 2, numRuns: 150 },
    );
  });

  it('a matrix is the right factor in one shape after the other', async () => {
    await expectAgreement(() => {
      const b = randomTensor<tf.Rank.R2>(tf, [4, 6], 1);
      const reshaped = b.reshape<tf.Tensor2D>([6, 4]);
      const bias = tf.ones([4]);
      return [
        tf.matMul(randomTensor<tf.Rank.R2>(tf, [3, 4], 2), b),
        tf.matMul(randomTensor<tf.Rank.R2>(tf, [3, 6], 3), reshaped),
        tf.matMul(randomTensor<tf.Rank.R2>(tf, [5, 4], 4), b),
        tf.fused.matMul({ a: randomTensor<tf.Rank.R2>(tf, [3, 6], 5), b: reshaped, bias, activation: 'relu' }),
        tf.fused.matMul({ a: randomTensor<tf.Rank.R2>(tf, [3, 4], 6), b, activation: 'relu' }),
      ];
    });
  });

  const activations = [
    'elu', 'hardSigmoid', 'linear', 'relu', 'relu6', 'selu', 'sigmoid', 'softmax', 'softplus', 'softsign', 'tanh',
    'logSoftmax', 'swish', 'mish', 'gelu', 'gelu_new',
  ] as const;
  it.each(activations)('the activation %s runs forward and backward', async (activation) => {
    await expectAgreement(() => {
      // The types leave logSoftmax out; the layer knows it.
      const layer = tf.layers.activation({ activation: activation as 'softmax' });
      const forward = (x: tf.Tensor) => layer.apply(x) as tf.Tensor;
      const x = randomTensor<tf.Rank.R2>(tf, [5, 7], 1).mul(3);
      return [forward(x), tf.grad(forward)(x, randomTensor(tf, [5, 7], 2))];
    });
  });
});

describe('installing', () => {
  it('twice changes nothing', () => {
    const registered = () => [
      tf.getKernel('BatchMatMul', 'wasm'),
      tf.getKernel('Conv2D', 'wasm'),
      tf.getGradient('Conv2D'),
      tf.getGradient('AvgPool'),
    ];
    const once = registered();
    install(tf);
    registered().forEach((config, i) => expect(config).toBe(once[i]));
  });
});
