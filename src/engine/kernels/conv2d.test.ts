import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeSurroundings } from '../backends/node';
import { prepareBackend } from '../backends/prepare';
import type { ExplicitPadding, Size4 } from './convolution';
import { on, randomValues, relativeError } from './testing';

const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));

/** Odd sizes, unequal axes, every kind of padding, more padding than the kernel needs. */
const convolution = fc
  .record({
    batch: fc.integer({ min: 1, max: 3 }),
    size: pair(4, 11),
    channels: pair(1, 5),
    kernel: pair(1, 4),
    strides: pair(1, 3),
    pad: fc.oneof(
      fc.constantFrom<'valid' | 'same'>('valid', 'same'),
      fc
        .tuple(pair(0, 4), pair(0, 4))
        .map(([rows, columns]): ExplicitPadding => [[0, 0], rows, columns, [0, 0]]),
    ),
  });

beforeAll(async () => {
  const prepared = await prepareBackend(tf, 'wasm', nodeSurroundings);
  if (!prepared.ok) throw new Error(prepared.error.message);
});

describe('the gradients of a convolution on wasm', () => {
  it('agree with the cpu backend for every stride and padding', async () => {
    await fc.assert(
      fc.asyncProperty(convolution, async ({ batch, size, channels, kernel, strides, pad }) => {
        const xShape: Size4 = [batch, ...size, channels[0]];
        const filterShape: Size4 = [...kernel, ...channels];
        const gradients = () => {
          const x = tf.tensor4d(randomValues(xShape.reduce((a, b) => a * b), 1), xShape);
          const filter = tf.tensor4d(randomValues(filterShape.reduce((a, b) => a * b), 2), filterShape);
          const forward = (a: tf.Tensor4D, b: tf.Tensor4D) => tf.conv2d(a, b, strides, pad);
          const dy = forward(x, filter).mul(1.7).sin();
          return [...tf.grads((a, b) => forward(a as tf.Tensor4D, b as tf.Tensor4D))([x, filter], dy)];
        };
        const expected = await on(tf, 'cpu', gradients);
        const actual = await on(tf, 'wasm', gradients);
        expect(relativeError(actual[0]!, expected[0]!)).toBeLessThan(1e-5);
        expect(relativeError(actual[1]!, expected[1]!)).toBeLessThan(1e-5);
      }),
      { seed: 1, numRuns: 200 },
    );
  });
});
