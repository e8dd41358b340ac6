import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AnyParams } from '@/core/params';
import { randomStream } from '@/core/random';
import type { LayerDefinition } from '../define';
import { hostDraws } from '../shared/draws';
import { withDefaults } from '../stockModel.testing';
import { alphaDropout } from './alphaDropout';
import { dropout } from './dropout';
import { gaussianDropout } from './gaussianDropout';
import { gaussianNoise } from './gaussianNoise';
import { spatialDropout } from './spatialDropout';
import { stochasticDepth } from './stochasticDepth';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const all = [dropout, spatialDropout, gaussianNoise, gaussianDropout, alphaDropout, stochasticDepth];

function pass(definition: LayerDefinition, x: tf.Tensor, params: AnyParams, training = true, seed = 1): tf.Tensor {
  const context = { training, draws: hostDraws(tf, () => randomStream(seed, 'layer')), update: () => undefined };
  const y = definition.forward?.(tf, [x], {}, withDefaults(definition, params), context);
  if (!(y instanceof tf.Tensor)) throw new Error(`${definition.type} has no forward pass`);
  return y;
}

function moments(values: ArrayLike<number>): { readonly mean: number; readonly variance: number } {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  return { mean, variance: list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length };
}

/** How many standard errors a test lets a statistic lie off: one seed in 1.7 million lies further. */
const ERRORS = 5;

describe.each(all.map((definition) => [definition.type, definition] as const))('%s', (_type, definition) => {
  const x = tf.randomNormal([8, 3, 5, 6], 0, 1, 'float32', 1);
  const strong = definition.params.rate ? { rate: 0.5 } : { deviation: 0.5 };

  it('does nothing outside training', () => {
    expect(pass(definition, x, strong, false).dataSync()).toEqual(x.dataSync());
  });

  it('does nothing at strength 0', () => {
    const none = definition.params.rate ? { rate: 0 } : { deviation: 0 };
    expect(pass(definition, x, none).dataSync()).toEqual(x.dataSync());
  });

  it('draws the same of the same stream, and else something else', () => {
    const once = pass(definition, x, strong, true, 1).dataSync();
    expect(pass(definition, x, strong, true, 1).dataSync()).toEqual(once);
    expect(pass(definition, x, strong, true, 2).dataSync()).not.toEqual(once);
  });
});

const n = 100_000;
const ones = () => tf.ones([n]);

it('dropout drops its share and keeps the mean', () => {
  const rate = 0.3;
  const values = pass(dropout, ones(), { rate }).dataSync();
  const dropped = values.filter((value) => value === 0).length / n;
  expect(Math.abs(dropped - rate)).toBeLessThan(ERRORS * Math.sqrt((rate * (1 - rate)) / n));
  expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.7)]));
});

it.each([
  ['a sequence', [400, 3, 5], 2000],
  ['an image', [400, 2, 3, 5], 2000],
  ['a volume', [400, 2, 2, 3, 5], 2000],
] as const)('spatial dropout drops whole channels of %s', (_what, shape, count) => {
  const rate = 0.2;
  const y = pass(spatialDropout, tf.ones([...shape]), { rate });
  const places = tf.reshape(y, [400, -1, 5]);
  // Each example's channel is the same at all its places.
  expect(tf.max(tf.abs(tf.sub(places, tf.mean(places, 1, true)))).dataSync()[0]).toBeLessThan(1e-6);
  const channels = tf.slice(places, [0, 0, 0], [-1, 1, -1]).dataSync();
  expect(channels.length).toBe(count);
  const dropped = channels.filter((value) => value === 0).length / count;
  expect(Math.abs(dropped - rate)).toBeLessThan(ERRORS * Math.sqrt((rate * (1 - rate)) / count));
  expect(new Set(channels)).toEqual(new Set([0, 1.25]));
});

it('Gaussian noise has mean 0 and its deviation', () => {
  const deviation = 0.5;
  const { mean, variance } = moments(pass(gaussianNoise, tf.zeros([n]), { deviation }).dataSync());
  expect(Math.abs(mean)).toBeLessThan((ERRORS * deviation) / Math.sqrt(n));
  // The variance of n normal numbers has the standard error σ²·√(2/n).
  expect(Math.abs(variance - 0.25)).toBeLessThan(ERRORS * 0.25 * Math.sqrt(2 / n));
});

it('Gaussian dropout has the mean and variance of dropout’s factors', () => {
  const rate = 0.2;
  const { mean, variance } = moments(pass(gaussianDropout, ones(), { rate }).dataSync());
  // 0.2/0.8 = 0.25.
  expect(Math.abs(mean - 1)).toBeLessThan((ERRORS * 0.5) / Math.sqrt(n));
  expect(Math.abs(variance - 0.25)).toBeLessThan(ERRORS * 0.25 * Math.sqrt(2 / n));
});

it('alpha dropout keeps mean 0 and variance 1', () => {
  const rate = 0.3;
  const random = randomStream(7, 'examples');
  const x = Float32Array.from({ length: n }, () => random.normal());
  const y = pass(alphaDropout, tf.tensor1d(x), { rate }).dataSync();
  const { mean, variance } = moments(y);
  expect(Math.abs(mean)).toBeLessThan(ERRORS / Math.sqrt(n));
  // By hand E[y⁴] = 2.2036, so the variance has the standard error √((2.2036 − 1)/n).
  expect(Math.abs(variance - 1)).toBeLessThan(ERRORS * Math.sqrt(1.2036 / n));
  // a = (0.7·(1 + 0.3·1.758099²))^−½ = 0.860953; what is dropped comes to −1.758099·a·(1 − 0.3) = −1.059548.
  const dropped = y.filter((value) => Math.abs(value + 1.059548) < 1e-5).length / n;
  expect(Math.abs(dropped - rate)).toBeLessThan(ERRORS * Math.sqrt((rate * (1 - rate)) / n));
});

it('stochastic depth drops whole examples and scales the others', () => {
  const [count, rate] = [4000, 0.2];
  const y = pass(stochasticDepth, tf.ones([count, 2, 3]), { rate });
  const rows = tf.reshape(y, [count, 6]).arraySync() as number[][];
  expect(rows.every((row) => new Set(row).size === 1)).toBe(true);
  const dropped = rows.filter(([value]) => value === 0).length / count;
  expect(Math.abs(dropped - rate)).toBeLessThan(ERRORS * Math.sqrt((rate * (1 - rate)) / count));
  expect(new Set(rows.flat())).toEqual(new Set([0, 1.25]));
});
