import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { on, randomTensor } from './testing';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

// Nothing is installed in this file: it shows why each mend is there. Where a test fails, tfjs has mended itself.
describe('stock tfjs', () => {
  it('lacks the kernels of three gradients on wasm', () => {
    const lacking = [
      'Conv2DBackpropFilter',
      'DepthwiseConv2dNativeBackpropFilter',
      'DepthwiseConv2dNativeBackpropInput',
      'UnsortedSegmentSum',
    ];
    for (const kernel of lacking) expect(tf.getKernel(kernel, 'wasm')).toBeUndefined();
  });

  it('throws in the gradient of a dilated convolution, as an operation and as a layer', async () => {
    await tf.setBackend('cpu');
    const x = randomTensor<tf.Rank.R4>(tf, [1, 6, 6, 1], 1);
    const filter = randomTensor<tf.Rank.R4>(tf, [3, 3, 1, 1], 2);
    expect(() => tf.grad((a) => tf.conv2d(a as tf.Tensor4D, filter, 1, 'valid', 'NHWC', 2))(x)).toThrow(/dilation/i);
    const layer = tf.layers.conv2d({ filters: 1, kernelSize: 3, dilationRate: 2 });
    expect(() => tf.grad((a) => layer.apply(a) as tf.Tensor)(x)).toThrow(/dilation/i);
  });

  it('divides by the whole window in the gradient of a padded average pool', async () => {
    // 2×2 windows on one row: the second covers the last cell alone, so that dy of 1 must reach it whole.
    const gradient = () => [tf.grad((a) => tf.avgPool(a as tf.Tensor4D, [1, 2], 2, 'same'))(tf.ones([1, 1, 3, 1]))];
    expect((await on(tf, 'cpu', gradient))[0]).toEqual([0.5, 0.5, 0.5]);
    expect((await on(tf, 'wasm', gradient))[0]).toEqual([0.5, 0.5, 0.5]);
  });

  it('gives zeros on wasm for a same-padded convolution whose windows leave elements over', async () => {
    const ones = () => [tf.conv2d(tf.ones<tf.Rank.R4>([1, 9, 9, 1]), tf.ones<tf.Rank.R4>([2, 2, 1, 1]), 3, 'same')];
    expect((await on(tf, 'cpu', ones))[0]).toEqual(Array(9).fill(4));
    expect((await on(tf, 'wasm', ones))[0]).toEqual(Array(9).fill(0));
  });

  it('gives a wrong shape for a number as padding when kernel and stride differ between the axes', () => {
    const x = tf.zeros<tf.Rank.R4>([1, 5, 9, 1]);
    // (9 + 2·3 − 1)/2 + 1 = 8 columns.
    expect(tf.conv2d(x, tf.zeros<tf.Rank.R4>([4, 1, 1, 1]), [3, 2], 3).shape).not.toEqual([1, 3, 8, 1]);
  });

  it('multiplies wrongly on wasm by a right factor that it has met in another shape', async () => {
    const product = () => {
      const b = tf.ones<tf.Rank.R2>([6, 4]);
      tf.matMul(tf.ones<tf.Rank.R2>([3, 6]), b);
      return [tf.matMul(tf.ones<tf.Rank.R2>([3, 4]), b.reshape<tf.Tensor2D>([4, 6]))];
    };
    expect((await on(tf, 'cpu', product))[0]).toEqual(Array(18).fill(4));
    expect((await on(tf, 'wasm', product))[0]).not.toEqual(Array(18).fill(4));
  });

  it('gives max-pool gradients on wasm that differ from the cpu backend where windows overlap a border', async () => {
    const x = [-2.1, -0.4, 0.3, 1.9, -1.1, 0.05, 2.4, -0.02];
    const gradient = () => [
      tf.grad((a) => tf.maxPool(a as tf.Tensor4D, 2, 1, 'same').mul(tf.range(1, 9).reshape([1, 2, 2, 2])))(
        tf.tensor4d(x, [1, 2, 2, 2]),
      ),
    ];
    expect(await on(tf, 'wasm', gradient)).not.toEqual(await on(tf, 'cpu', gradient));
  });
});
