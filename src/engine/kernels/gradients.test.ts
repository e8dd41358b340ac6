import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { nodeSurroundings } from '../backends/node';
import { prepareBackend } from '../backends/prepare';
import { conv3d } from './conv3d';
import type { ConvAttrs, ExplicitPadding, Size4 } from './convolution';
import { directional, dot, randomTensor, randomValues } from './testing';

const small = (min: number, max: number) => fc.integer({ min, max });
const pair = (min: number, max: number) => fc.tuple(small(min, max), small(min, max));
const triple = (min: number, max: number) => fc.tuple(small(min, max), small(min, max), small(min, max));

const reachOf = (kernel: readonly number[], dilations: readonly number[], axis: number): number =>
  ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1;

const depthwise = fc
  .record({
    size: pair(4, 9),
    channels: small(1, 3),
    multiplier: small(1, 3),
    kernel: pair(1, 3),
    strides: pair(1, 3),
    dilations: pair(1, 3),
    pad: fc.tuple(pair(0, 3), pair(0, 3)).map(([rows, columns]): ExplicitPadding => [[0, 0], rows, columns, [0, 0]]),
  })
  .filter(({ size, kernel, dilations }) => size.every((n, axis) => reachOf(kernel, dilations, axis) <= n));

const volume = fc
  .record({
    size: triple(3, 6),
    channels: pair(1, 3),
    kernel: triple(1, 3),
    strides: triple(1, 3),
    dilations: triple(1, 2),
    pad: fc.constantFrom<'valid' | 'same'>('valid', 'same'),
  })
  .filter(({ size, kernel, dilations }) => size.every((n, axis) => reachOf(kernel, dilations, axis) <= n));

const pooling = fc.record({
  size: triple(3, 5),
  window: triple(1, 3),
  strides: triple(1, 3),
  pad: fc.constantFrom<'valid' | 'same'>('valid', 'same'),
});

/** Holds the gradient of a function that is linear in x to finite differences along itself and along another way. */
function expectGradient(x: tf.Tensor, f: (x: tf.Tensor) => tf.Tensor): void {
  const y = f(x);
  const weights = randomValues(y.size, 7);
  const gradient = tf.grad(f)(x, tf.tensor(weights, y.shape)).dataSync() as Float32Array;
  const size = dot(gradient, gradient);
  if (size > 0) expect(Math.abs(directional(tf, f, x, gradient, weights) / size - 1)).toBeLessThan(1e-5);
  const other = randomValues(x.size, 8);
  const difference = directional(tf, f, x, other, weights) - dot(other, gradient);
  expect(Math.abs(difference)).toBeLessThan(1e-5 * Math.sqrt(size * dot(other, other)) + 1e-6);
}

const check = <T>(cases: fc.Arbitrary<T>, body: (c: T) => void) =>
  fc.assert(fc.property(cases, (c) => tf.tidy(() => body(c))), { seed: 5, numRuns: 60 });

beforeAll(async () => {
  const prepared = await prepareBackend(tf, 'wasm', nodeSurroundings);
  if (!prepared.ok) throw new Error(prepared.error.message);
});

describe.each(['cpu', 'wasm'])('on %s, at any shape, finite differences agree with the gradient of', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  it('a depthwise convolution, dilated and strided', () => {
    check(depthwise, ({ size, channels, multiplier, kernel, ...attrs }) => {
      const filterShape: Size4 = [...kernel, channels, multiplier];
      const x = randomTensor<tf.Rank.R4>(tf, [2, ...size, channels], 1);
      const filter = randomTensor<tf.Rank.R4>(tf, filterShape, 2);
      const run = (a: tf.Tensor, w: tf.Tensor) => {
        const how: ConvAttrs = { ...attrs, dataFormat: 'NHWC' };
        return tf.engine().runKernel<tf.Tensor>('DepthwiseConv2dNative', { x: a, filter: w }, { ...how });
      };
      expectGradient(x, (a) => run(a, filter));
      expectGradient(filter, (w) => run(x, w));
    });
  });

  it('a 3-D convolution, dilated and strided', () => {
    check(volume, ({ size, channels, kernel, ...attrs }) => {
      const x = randomTensor<tf.Rank.R5>(tf, [1, ...size, channels[0]], 1);
      const filter = randomTensor<tf.Rank.R5>(tf, [...kernel, ...channels], 2);
      expectGradient(x, (a) => conv3d(tf, a as tf.Tensor5D, filter, attrs));
      expectGradient(filter, (w) => conv3d(tf, x, w as tf.Tensor5D, attrs));
    });
  });

  it('average pooling in 3-D', () => {
    check(pooling, ({ size, window, strides, pad }) => {
      const x = randomTensor<tf.Rank.R5>(tf, [2, ...size, 2], 1);
      expectGradient(x, (a) => tf.avgPool3d(a as tf.Tensor5D, window, strides, pad));
    });
  });

  it('a strided slice, forwards and backwards', () => {
    const slices = fc.record({ begin: pair(0, 6), end: pair(0, 6), strides: pair(1, 3), reversed: fc.boolean() });
    check(slices, ({ begin, end, strides, reversed }) => {
      const [from, to] = reversed ? [end, begin] : [begin, end];
      const ordered = from.every((start, axis) => (reversed ? start > to[axis]! : start < to[axis]!));
      if (!ordered) return;
      const signed = strides.map((stride) => (reversed ? -stride : stride));
      expectGradient(randomTensor<tf.Rank.R3>(tf, [7, 7, 2], 1), (a) => tf.stridedSlice(a, from, to, signed));
    });
  });

  it('mirrored padding', () => {
    const paddings = fc.record({ rows: pair(0, 3), columns: pair(0, 2), mode: fc.constantFrom('reflect', 'symmetric') });
    check(paddings, ({ rows, columns, mode }) => {
      const x = randomTensor<tf.Rank.R4>(tf, [2, 4, 3, 2], 1);
      const sides: [number, number][] = [[0, 0], rows, columns, [0, 0]];
      expectGradient(x, (a) => tf.mirrorPad(a, sides, mode));
    });
  });

  it('bilinear resizing to any size', () => {
    const sizes = fc.record({ from: pair(1, 6), to: pair(1, 9), centres: fc.constantFrom('legacy', 'aligned', 'half') });
    check(sizes, ({ from, to, centres }) => {
      const x = randomTensor<tf.Rank.R4>(tf, [2, ...from, 2], 1);
      expectGradient(x, (a) =>
        tf.image.resizeBilinear(a as tf.Tensor4D, to, centres === 'aligned', centres === 'half'),
      );
    });
  });
});
