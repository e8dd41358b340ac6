import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { randomStream } from '@/core/random';
import { fansOf } from './fans';
import { initializers } from './registry';

// 3×3 kernels from 64 to 128 channels: fan in 576, fan out 1152, 73,728 weights.
const shape = [3, 3, 64, 128];
const draw = (type: string, seed = 1, size: readonly number[] = shape) =>
  initializers.get(type)!.sample(size, fansOf(size), randomStream(seed, 'init/conv/kernel'));

const variance = { glorot: 2 / (576 + 1152), he: 2 / 576, leCun: 1 / 576, small: 0.05 ** 2 };

describe('fans', () => {
  it('are counted as Keras does', () => {
    expect(fansOf([])).toEqual({ fanIn: 1, fanOut: 1 });
    expect(fansOf([7])).toEqual({ fanIn: 7, fanOut: 7 });
    expect(fansOf([784, 10])).toEqual({ fanIn: 784, fanOut: 10 });
    expect(fansOf([5, 5, 6, 16])).toEqual({ fanIn: 150, fanOut: 400 });
    expect(fansOf([3, 3, 3, 8, 4])).toEqual({ fanIn: 216, fanOut: 108 });
  });
});

describe('an initialiser', () => {
  // Fourth moment over squared variance, which bounds the error of a variance; a cut normal's lies between the two.
  const kurtosisOf = { uniform: 9 / 5, normal: 3 };

  it.each([
    ['glorotUniform', variance.glorot, Math.sqrt(3 * variance.glorot)],
    ['heUniform', variance.he, Math.sqrt(3 * variance.he)],
    ['leCunUniform', variance.leCun, Math.sqrt(3 * variance.leCun)],
    ['randomUniform', 0.05 ** 2 / 3, 0.05],
    ['glorotNormal', variance.glorot, (2 * Math.sqrt(variance.glorot)) / 0.87962566103423978],
    ['heNormal', variance.he, (2 * Math.sqrt(variance.he)) / 0.87962566103423978],
    ['leCunNormal', variance.leCun, (2 * Math.sqrt(variance.leCun)) / 0.87962566103423978],
    ['randomNormal', variance.small, Infinity],
  ])('%s has mean 0, its variance and its limit', (type, expected, limit) => {
    const values = draw(type);
    const n = values.length;
    const mean = values.reduce((sum, value) => sum + value, 0) / n;
    const square = values.reduce((sum, value) => sum + value * value, 0) / n;
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    // Five standard errors.
    const kurtosis = type.endsWith('Uniform') ? kurtosisOf.uniform : kurtosisOf.normal;
    expect(n).toBe(73_728);
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(expected / n));
    expect(Math.abs(square / expected - 1)).toBeLessThan(5 * Math.sqrt((kurtosis - 1) / n));
    // float32 rounds by 6e-8.
    expect(largest).toBeLessThanOrEqual(limit * (1 + 1e-7));
    if (limit < Infinity) expect(largest).toBeGreaterThan(limit * 0.995);
  });

  it('is cut off where the normal’s spread is widened to 1/0.8796, the deviation of a normal cut off at ±2', () => {
    // Simpson's rule over the density.
    const density = (x: number) => Math.exp((-x * x) / 2);
    const integrate = (f: (x: number) => number) => {
      const h = 4 / 2000;
      let sum = f(-2) + f(2);
      for (let i = 1; i < 2000; i += 1) sum += f(-2 + i * h) * (i % 2 ? 4 : 2);
      return (sum * h) / 3;
    };
    expect(Math.sqrt(integrate((x) => x * x * density(x)) / integrate(density))).toBeCloseTo(0.87962566103423978, 10);
  });

  it('fills with zeros and ones', () => {
    expect([...draw('zeros', 1, [2, 2])]).toEqual([0, 0, 0, 0]);
    expect([...draw('ones', 1, [3])]).toEqual([1, 1, 1]);
    expect([...draw('ones', 1, [])]).toEqual([1]);
  });

  it.each([...initializers.keys()].filter((type) => type !== 'zeros' && type !== 'ones'))(
    '%s repeats itself for a seed and differs for another',
    (type) => {
      expect(draw(type, 3, [20, 10])).toEqual(draw(type, 3, [20, 10]));
      expect(draw(type, 3, [20, 10])).not.toEqual(draw(type, 4, [20, 10]));
    },
  );

  it.each([...initializers.values()].map((definition) => [definition.type, definition] as const))(
    '%s is built by stock tfjs from its spelling, and written back the same',
    async (_type, { stock }) => {
      const config = { units: 3, batchInputShape: [null, 4], kernelInitializer: stock, name: 'd' };
      const topology = JSON.stringify({ class_name: 'Sequential', config: [{ class_name: 'Dense', config }] });
      const model = await tf.models.modelFromJSON(
        JSON.parse(topology) as Parameters<typeof tf.models.modelFromJSON>[0],
      );
      const written = model.layers[0]!.getConfig().kernelInitializer;
      expect(written).toEqual(stock);
    },
  );
});
