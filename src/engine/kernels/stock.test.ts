import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { MEND_CASES } from './cases';
import { caseFault } from './cases/check';
import { on, randomTensor } from './testing';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

// Nothing is installed in this file: it shows why each mend is there, as e2e/backends.spec.ts does for webgl and
// webgpu. Where a test fails, tfjs has mended itself.
describe('stock tfjs', () => {
  describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
    const failing = MEND_CASES.filter(({ failsOn }) => failsOn.includes(backend));
    it.each(failing)('fails $name: $stock', async (mend) => {
      await tf.setBackend(backend);
      expect(await caseFault(tf, mend)).not.toBeNull();
    });
  });

  it('throws in the gradient of a dilated convolution as a layer', async () => {
    await tf.setBackend('cpu');
    const x = randomTensor<tf.Rank.R4>(tf, [1, 6, 6, 1], 1);
    const layer = tf.layers.conv2d({ filters: 1, kernelSize: 3, dilationRate: 2 });
    expect(() => tf.grad((a) => layer.apply(a) as tf.Tensor)(x)).toThrow(/dilation/i);
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
});
