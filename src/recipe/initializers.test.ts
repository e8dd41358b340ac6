import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import type { AnyParams } from '@/core/params';
import { randomStream } from '@/core/random';
import { fansOf } from './fans';
import { parseInitializer, stockInitializer } from './initializer';
import { initializers } from './registry';

// 3×3 kernels from 64 to 128 channels: fan in 576, fan out 1152, 73,728 weights.
const shape = [3, 3, 64, 128];
function draw(type: string, params: AnyParams = {}, seed = 1, size: readonly number[] = shape, key = 'conv/kernel') {
  const parsed = parseInitializer({ type, params });
  if (!parsed.ok) throw new Error(parsed.error[0]?.message);
  const { definition, params: checked } = parsed.value;
  return definition.sample(size, fansOf(size), randomStream(seed, `init/${key}`), checked);
}

describe('fans', () => {
  it('are counted as Keras does', () => {
    expect(fansOf([])).toEqual({ fanIn: 1, fanOut: 1 });
    expect(fansOf([7])).toEqual({ fanIn: 7, fanOut: 7 });
    // An embedding of 100 words in 16 numbers.
    expect(fansOf([100, 16])).toEqual({ fanIn: 100, fanOut: 16 });
    expect(fansOf([3, 3, 3, 8, 4])).toEqual({ fanIn: 216, fanOut: 108 });
    // Depthwise 3×3 over 8 channels, 2 kernels each.
    expect(fansOf([3, 3, 8, 2])).toEqual({ fanIn: 72, fanOut: 18 });
  });

  it.each([
    ['Linear(784, 10)', [784, 10], [784, 10]],
    ['Conv2d(6, 16, 5)', [5, 5, 6, 16], [150, 400]],
    ['Conv2d(8, 12, 3, groups=4)', [3, 3, 2, 12], [18, 108]],
    ['ConvTranspose2d(8, 4, 3)', [3, 3, 4, 8], [36, 72]],
  ])('of %s are what PyTorch counts', (_layer, size, [fanIn, fanOut]) => {
    expect(fansOf(size)).toEqual({ fanIn, fanOut });
  });
});

/** Standard normal density, and distribution by Marsaglia's series (2004, "Evaluating the normal distribution"). */
const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
function below(x: number): number {
  if (Math.abs(x) > 8) return x < 0 ? 0 : 1;
  let term = x;
  let sum = x;
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return 0.5 + sum * density(x);
}

/** A distribution in closed form; the kurtosis bounds the error of a sample's variance. */
interface Law {
  readonly mean: number;
  readonly variance: number;
  readonly kurtosis: number;
  readonly from: number;
  readonly to: number;
  readonly below: (x: number) => number;
}
const uniform = (from: number, to: number): Law => ({
  mean: (from + to) / 2,
  variance: (to - from) ** 2 / 12,
  kurtosis: 9 / 5,
  from,
  to,
  below: (x) => (x - from) / (to - from),
});
const normal = (mean: number, deviation: number): Law => ({
  mean,
  variance: deviation ** 2,
  kurtosis: 3,
  from: -Infinity,
  to: Infinity,
  below: (x) => below((x - mean) / deviation),
});
/** Share of a normal within two deviations, and the variance of what lies there: 1 − 4φ(2)/(2Φ(2) − 1). */
const within = 2 * below(2) - 1;
const shareOfVariance = 1 - (4 * density(2)) / within;
const truncated = (mean: number, deviation: number): Law => ({
  mean,
  variance: deviation ** 2 * shareOfVariance,
  kurtosis: 3,
  from: mean - 2 * deviation,
  to: mean + 2 * deviation,
  below: (x) => (below((x - mean) / deviation) - below(-2)) / within,
});
const symmetric = (variance: number) => uniform(-Math.sqrt(3 * variance), Math.sqrt(3 * variance));
const cut = (variance: number) => truncated(0, Math.sqrt(variance / shareOfVariance));

// Glorot & Bengio 2010, eq. 12 and 16; He et al. 2015, eq. 10; LeCun et al. 1998, eq. 16.
const glorot = 2 / (576 + 1152);
const he = 2 / 576;
const leCun = 1 / 576;

describe('an initialiser', () => {
  it.each<readonly [string, AnyParams, Law]>([
    ['glorotUniform', {}, symmetric(glorot)],
    ['heUniform', {}, symmetric(he)],
    ['leCunUniform', {}, symmetric(leCun)],
    ['glorotNormal', {}, cut(glorot)],
    ['heNormal', {}, cut(he)],
    ['leCunNormal', {}, cut(leCun)],
    ['randomUniform', {}, uniform(-0.05, 0.05)],
    ['randomUniform', { min: 0, max: 3 }, uniform(0, 3)],
    ['randomNormal', {}, normal(0, 0.05)],
    ['randomNormal', { mean: -2, deviation: 0.3 }, normal(-2, 0.3)],
    ['truncatedNormal', {}, truncated(0, 0.05)],
    ['truncatedNormal', { mean: 1, deviation: 0.5 }, truncated(1, 0.5)],
  ])('%s %j has its mean, variance, bounds and distribution', (type, params, law) => {
    const values = draw(type, params).sort();
    const n = values.length;
    expect(n).toBe(73_728);
    const mean = values.reduce((sum, value) => sum + value, 0) / n;
    const variance = values.reduce((sum, value) => sum + (value - law.mean) ** 2, 0) / n;
    // Five standard errors.
    expect(Math.abs(mean - law.mean)).toBeLessThan(5 * Math.sqrt(law.variance / n));
    expect(Math.abs(variance / law.variance - 1)).toBeLessThan(5 * Math.sqrt((law.kurtosis - 1) / n));
    if (law.to < Infinity) {
      // float32 rounds by 6e-8; the outermost of 73,728 draws come within half a percent of the bounds.
      const width = law.to - law.from;
      expect(values[0]).toBeGreaterThanOrEqual(law.from - 1e-7 * width);
      expect(values[0]).toBeLessThan(law.from + 0.005 * width);
      expect(values[n - 1]).toBeLessThanOrEqual(law.to + 1e-7 * width);
      expect(values[n - 1]).toBeGreaterThan(law.to - 0.005 * width);
    }
    // Kolmogorov and Smirnov: √n·D exceeds 1.95 once in a thousand samples of the law itself.
    const distances = values.map((value, i) => {
      const share = law.below(value);
      return Math.max((i + 1) / n - share, share - i / n);
    });
    expect(Math.sqrt(n) * distances.reduce((most, each) => Math.max(most, each), 0)).toBeLessThan(1.95);
  });

  it('is cut off where the normal’s spread is widened to 1/0.8796, the deviation of a normal cut off at ±2', () => {
    expect(Math.sqrt(shareOfVariance)).toBeCloseTo(0.87962566103423978, 12);
  });

  it('fills with zeros, ones and a constant', () => {
    expect([...draw('zeros', {}, 1, [2, 2])]).toEqual([0, 0, 0, 0]);
    expect([...draw('ones', {}, 1, [3])]).toEqual([1, 1, 1]);
    expect([...draw('ones', {}, 1, [])]).toEqual([1]);
    expect([...draw('constant', { value: -0.25 }, 1, [2, 1])]).toEqual([-0.25, -0.25]);
    expect([...draw('constant', {}, 1, [2])]).toEqual([0, 0]);
  });

  const fixed = new Set(['zeros', 'ones', 'constant', 'identity']);
  it.each([...initializers.keys()].filter((type) => !fixed.has(type)))(
    '%s repeats itself for a seed, and differs for another seed and another weight',
    (type) => {
      const once = draw(type, {}, 3, [20, 10]);
      expect(draw(type, {}, 3, [20, 10])).toEqual(once);
      expect(draw(type, {}, 4, [20, 10])).not.toEqual(once);
      expect(draw(type, {}, 3, [20, 10], 'dense/kernel')).not.toEqual(once);
    },
  );
});

describe('the spelling of the layers format', () => {
  /** What stock tfjs makes of an initialiser that a file states for a kernel [inputs, units]. */
  async function loaded(kernelInitializer: object, inputs: number, units: number) {
    const config = { units, batchInputShape: [null, inputs], kernelInitializer, name: 'd' };
    const topology = JSON.stringify({ class_name: 'Sequential', config: [{ class_name: 'Dense', config }] });
    const model = await tf.models.modelFromJSON(JSON.parse(topology) as Parameters<typeof tf.models.modelFromJSON>[0]);
    const [kernel] = model.layers[0]!.getWeights();
    return { written: model.layers[0]!.getConfig().kernelInitializer, values: [...kernel!.dataSync()] };
  }

  const inTwoWays: Readonly<Record<string, AnyParams>> = {
    constant: { value: 0.5 },
    randomUniform: { min: 1, max: 2 },
    randomNormal: { mean: 3, deviation: 0.1 },
    truncatedNormal: { mean: 3, deviation: 0.1 },
    orthogonal: { gain: 2 },
    identity: { gain: 2 },
  };
  it.each([...initializers.keys()].flatMap((type) => [[type, {}] as const, [type, inTwoWays[type] ?? {}] as const]))(
    'of %s %j builds it in stock tfjs, which writes it back the same',
    async (type, params) => {
      const stock = stockInitializer({ type, params }, [[4, 4]]);
      expect((await loaded(stock, 4, 4)).written).toEqual(stock);
    },
  );

  it.each([
    ['constant', { value: 0.5 }, 0.5, 0.5],
    ['ones', {}, 1, 1],
    ['randomUniform', { min: 1, max: 2 }, 1, 2],
    ['truncatedNormal', { mean: 3, deviation: 0.1 }, 2.8, 3.2],
    ['randomNormal', { mean: 3, deviation: 0.1 }, 2, 4],
  ])('of %s %j means the same there', async (type, params, from, to) => {
    const { values } = await loaded(stockInitializer({ type, params }, [[4, 4]]), 4, 4);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(from);
    expect(Math.max(...values)).toBeLessThanOrEqual(to);
  });

  it('says 0 as it is, though stock tfjs still takes it for nothing said', async () => {
    const stock = stockInitializer({ type: 'randomUniform', params: { min: 0, max: 1 } }, [[4, 4]]);
    expect(stock.config).toMatchObject({ minval: 0, maxval: 1 });
    expect((await loaded(stock, 4, 4)).written).toMatchObject({ config: { minval: -0.05, maxval: 1 } });
  });

  it('has another class stand in where stock tfjs refuses the shape or takes too long', async () => {
    const wide = stockInitializer('identity', [[4, 3]]);
    expect(wide).toEqual({ className: 'Zeros', config: {} });
    await expect(loaded({ className: 'Identity', config: {} }, 4, 3)).rejects.toThrow('2D square');
    expect(stockInitializer('identity', [[3, 3, 4, 4]]).className).toBe('Zeros');
    expect(stockInitializer('orthogonal', [[3, 3, 4, 4]]).className).toBe('Orthogonal');
    // Columns of length 1024 have entries of variance 1/1024 on average.
    const large = { className: 'RandomNormal', config: { mean: 0, stddev: 2 / 32, seed: null } };
    expect(stockInitializer({ type: 'orthogonal', params: { gain: 2 } }, [[1024, 512]])).toEqual(large);
    const vector = { className: 'RandomNormal', config: { mean: 0, stddev: 1 / 8, seed: null } };
    expect(stockInitializer('orthogonal', [[64]])).toEqual(vector);
    expect(stockInitializer('magic', [[3, 3]]).className).toBe('Zeros');
  });
});
