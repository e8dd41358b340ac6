import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeSurroundings } from '../backends/node';
import { prepareBackend } from '../backends/prepare';
import type { Size4 } from './convolution';
import { directional, dot, on, randomTensor, randomValues, relativeError } from './testing';

const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));

const pooling = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  size: pair(4, 11),
  channels: fc.integer({ min: 1, max: 5 }),
  window: pair(1, 4),
  strides: pair(1, 3),
  pad: fc.constantFrom<'valid' | 'same'>('valid', 'same'),
});

beforeAll(async () => {
  const prepared = await prepareBackend(tf, 'wasm', nodeSurroundings);
  if (!prepared.ok) throw new Error(prepared.error.message);
});

describe('the gradient of max-pooling on wasm', () => {
  it('agrees with the cpu backend, ties included', async () => {
    await fc.assert(
      fc.asyncProperty(pooling, fc.boolean(), async ({ batch, size, channels, window, strides, pad }, tied) => {
        const shape: Size4 = [batch, ...size, channels];
        const gradient = () => {
          const random = randomTensor<tf.Rank.R4>(tf, shape, 1);
          // Rectified, half the windows hold equal zeros.
          const x = tied ? tf.relu(random) : random;
          const pool = (a: tf.Tensor) => tf.maxPool(a as tf.Tensor4D, window, strides, pad);
          return [tf.grad(pool)(x, randomTensor(tf, pool(x).shape, 2))];
        };
        const expected = await on(tf, 'cpu', gradient);
        const actual = await on(tf, 'wasm', gradient);
        expect(relativeError(actual[0]!, expected[0]!)).toBeLessThan(1e-6);
      }),
      { seed: 1, numRuns: 150 },
    );
  });
});

describe.each(['cpu', 'wasm'])('the gradient of average pooling on %s', (backend) => {
  it('agrees with finite differences, padded or not', async () => {
    await tf.setBackend(backend);
    fc.assert(
      fc.property(pooling, ({ batch, size, channels, window, strides, pad }) => {
        tf.tidy(() => {
          const x = randomTensor<tf.Rank.R4>(tf, [batch, ...size, channels], 1);
          const pool = (a: tf.Tensor) => tf.avgPool(a as tf.Tensor4D, window, strides, pad);
          const y = pool(x);
          const weights = randomValues(y.size, 2);
          const gradient = tf.grad(pool)(x, tf.tensor(weights, y.shape)).dataSync() as Float32Array;
          const size2 = dot(gradient, gradient);
          expect(Math.abs(directional(tf, pool, x, gradient, weights) / size2 - 1)).toBeLessThan(1e-5);
          const other = randomValues(x.size, 3);
          const difference = directional(tf, pool, x, other, weights) - dot(other, gradient);
          expect(Math.abs(difference)).toBeLessThan(1e-5 * Math.sqrt(size2 * dot(other, other)));
        });
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  it('gives a lone cell of a padded window the whole gradient', async () => {
    const gradient = () => [tf.grad((a) => tf.avgPool(a as tf.Tensor4D, [1, 2], 2, 'same'))(tf.ones([1, 1, 3, 1]))];
    expect((await on(tf, backend, gradient))[0]).toEqual([0.5, 0.5, 1]);
  });
});
