import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeSurroundings } from '../backends/node';
import { prepareBackend } from '../backends/prepare';
import { conv2d } from './conv2d';
import type { ConvAttrs, ExplicitPadding, Pair, Size4 } from './convolution';
import { directional, dot, on, randomTensor, randomValues, relativeError } from './testing';

const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));

/** Odd sizes, unequal axes, every kind of padding, more padding than the kernel needs. */
const convolution = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  size: pair(4, 11),
  channels: pair(1, 5),
  kernel: pair(1, 4),
  strides: pair(1, 4),
  pad: fc.oneof(
    fc.constantFrom<'valid' | 'same'>('valid', 'same'),
    fc.tuple(pair(0, 4), pair(0, 4)).map(([rows, columns]): ExplicitPadding => [[0, 0], rows, columns, [0, 0]]),
  ),
});

/** As above, dilated on at least one axis, the kernel still within the input. */
const dilated = fc
  .record({ base: convolution, dilations: pair(1, 3) })
  .filter(({ dilations }) => dilations[0] > 1 || dilations[1] > 1)
  .filter(({ base, dilations }) =>
    base.kernel.every((k, axis) => (k - 1) * (dilations[axis] ?? 1) + 1 <= (base.size[axis] ?? 0)),
  )
  .map(({ base, dilations }) => ({ ...base, dilations }));

interface Case {
  batch: number;
  size: Pair;
  channels: Pair;
  kernel: Pair;
  strides: Pair;
  pad: ConvAttrs['pad'];
  dilations?: Pair;
}

const tensorsOf = ({ batch, size, channels, kernel }: Case) => {
  const xShape: Size4 = [batch, ...size, channels[0]];
  const filterShape: Size4 = [...kernel, ...channels];
  return {
    x: randomTensor<tf.Rank.R4>(tf, xShape, 1),
    filter: randomTensor<tf.Rank.R4>(tf, filterShape, 2),
  };
};

/** The output and the gradients to input and filter, for an output gradient that depends on nothing else. */
const everything = (c: Case) => () => {
  const { x, filter } = tensorsOf(c);
  const forward = (a: tf.Tensor, b: tf.Tensor) => conv2d(tf, a as tf.Tensor4D, b as tf.Tensor4D, c);
  const y = forward(x, filter);
  const dy = randomTensor<tf.Rank.R4>(tf, y.shape, 3);
  return [y, ...tf.grads(forward)([x, filter], dy)];
};

beforeAll(async () => {
  const prepared = await prepareBackend(tf, 'wasm', nodeSurroundings);
  if (!prepared.ok) throw new Error(prepared.error.message);
});

describe('a convolution on wasm', () => {
  it('agrees with the cpu backend, gradients too, for every stride and padding', async () => {
    await fc.assert(
      fc.asyncProperty(convolution, async (c) => {
        const expected = await on(tf, 'cpu', everything(c));
        const actual = await on(tf, 'wasm', everything(c));
        actual.forEach((values, i) => expect(relativeError(values, expected[i]!)).toBeLessThan(1e-5));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('takes a number as padding on both sides of both axes', async () => {
    await tf.setBackend('wasm');
    // (5 + 2·3 − 4)/3 + 1 = 3 rows, (9 + 2·3 − 1)/2 + 1 = 8 columns.
    const y = conv2d(tf, tf.zeros([1, 5, 9, 2]), tf.zeros([4, 1, 2, 3]), { strides: [3, 2], pad: 3 });
    expect(y.shape).toEqual([1, 3, 8, 3]);
  });

  it('leaves no tensor and no buffer behind', async () => {
    await tf.setBackend('wasm');
    const c: Case = { batch: 2, size: [9, 8], channels: [3, 4], kernel: [3, 2], strides: [2, 3], pad: 'same' };
    const count = () => [tf.memory().numTensors, tf.engine().backend.numDataIds()];
    const before = count();
    for (let i = 0; i < 3; i += 1) await on(tf, 'wasm', everything(c));
    expect(count()).toEqual(before);
  });
});

describe.each(['cpu', 'wasm'])('the gradients of a dilated convolution on %s', (backend) => {
  it('agree with finite differences, with strides on top too', async () => {
    await tf.setBackend(backend);
    fc.assert(
      fc.property(dilated, (c) => {
        tf.tidy(() => {
          const { x, filter } = tensorsOf(c);
          const y = conv2d(tf, x, filter, c);
          const weights = randomValues(y.size, 3);
          const [dx, dw] = tf.grads((a, b) => conv2d(tf, a as tf.Tensor4D, b as tf.Tensor4D, c))(
            [x, filter],
            tf.tensor(weights, y.shape),
          );
          // Along the gradient itself its own square is expected: no cancellation hides an error.
          const check = (gradient: tf.Tensor, at: tf.Tensor, f: (v: tf.Tensor) => tf.Tensor) => {
            const values = gradient.dataSync() as Float32Array;
            const size = dot(values, values);
            if (size > 0) expect(Math.abs(directional(tf, f, at, values, weights) / size - 1)).toBeLessThan(1e-5);
            const other = randomValues(at.size, 4);
            const difference = directional(tf, f, at, other, weights) - dot(other, values);
            expect(Math.abs(difference)).toBeLessThan(1e-5 * Math.sqrt(size * dot(other, other)) + 1e-6);
          };
          check(dx!, x, (v) => conv2d(tf, v as tf.Tensor4D, filter, c));
          check(dw!, filter, (v) => conv2d(tf, x, v as tf.Tensor4D, c));
        });
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  it('reach a Conv2D layer with linear activation, whose fused operation throws', async () => {
    await tf.setBackend(backend);
    const layer = tf.layers.conv2d({ filters: 2, kernelSize: 3, dilationRate: 2, useBias: true, activation: 'linear' });
    const x = randomTensor<tf.Rank.R4>(tf, [2, 7, 7, 3], 5);
    const kernel = () => layer.getWeights()[0] as tf.Tensor4D;
    const dx = tf.grad((a) => layer.apply(a) as tf.Tensor)(x);
    const expected = tf.grad((a) => tf.conv2d(a as tf.Tensor4D, kernel(), 1, 'valid', 'NHWC', 2))(x);
    expect(relativeError(dx.dataSync(), expected.dataSync())).toBeLessThan(1e-6);
  });
});

describe('a dilated convolution', () => {
  it('gives the same on wasm as on the cpu backend', async () => {
    await fc.assert(
      fc.asyncProperty(dilated, async (c) => {
        const expected = await on(tf, 'cpu', everything(c));
        const actual = await on(tf, 'wasm', everything(c));
        actual.forEach((values, i) => expect(relativeError(values, expected[i]!)).toBeLessThan(1e-5));
      }),
      { seed: 3, numRuns: 60 },
    );
  });
});
