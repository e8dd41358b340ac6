import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaults, type ParamDefs, type ParamValues } from '@/core/params';
import { parseOptimizer } from './check';
import { addWeightDecay, clippingFactor } from './gradients';
import golden from './goldens/optimizers.json';
import { optimizers } from './registry';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Runs an optimizer on the weight `w/kernel`; the gradient at each step may depend on the weights. */
function run(
  type: string,
  params: ParamValues<ParamDefs>,
  start: readonly number[],
  steps: number,
  gradientAt: (step: number, weight: tf.Tensor) => tf.Tensor,
  rateAt: (step: number) => number,
): number[][] {
  const optimizer = optimizers.get(type)!;
  return tf.tidy(() => {
    let weight: tf.Tensor = tf.tensor1d([...start]);
    let slots: Readonly<Record<string, tf.Tensor>> = Object.fromEntries(
      optimizer.slots.map((name) => [name, tf.zerosLike(weight)]),
    );
    const path: number[][] = [];
    for (let step = 0; step < steps; step += 1) {
      const gradient = gradientAt(step, weight);
      const next = optimizer.update(tf, {
        weight,
        gradient,
        slots,
        step: step + 1,
        learningRate: rateAt(step),
        params,
      });
      expect(Object.keys(next.slots).sort()).toEqual([...optimizer.slots].sort());
      ({ weight, slots } = next);
      path.push([...weight.dataSync()]);
    }
    return path;
  });
}

/** max|a − b| / max|b| over all steps. */
function distance(path: readonly (readonly number[])[], expected: readonly (readonly number[])[]): number {
  const flat = expected.flat();
  const worst = path.flat().reduce((most, value, i) => Math.max(most, Math.abs(value - flat[i]!)), 0);
  return worst / Math.max(...flat.map(Math.abs));
}

describe('an optimizer', () => {
  it.each(golden.cases.map((recorded, i) => ({ name: `${recorded.type} (case ${i})`, recorded })))(
    'goes the way of PyTorch over 20 steps: $name',
    ({ recorded }) => {
      const { learningRate, weightDecay, clipNorm } = recorded;
      const parsed = parseOptimizer({ type: recorded.type, params: recorded.params });
      if (!parsed.ok) throw new Error(parsed.error[0]!.message);
      const path = run(
        recorded.type,
        parsed.value.params,
        golden.start,
        recorded.gradients.length,
        (step, weight) => {
          const raw = tf.tensor1d(recorded.gradients[step]!);
          const clipped = clipNorm === null ? raw : tf.mul(raw, clippingFactor(tf, { raw }, clipNorm)!);
          return addWeightDecay(tf, 'w/kernel', clipped, weight, weightDecay);
        },
        () => learningRate,
      );
      expect(distance(path, recorded.weights)).toBeLessThan(1e-6);
    },
  );

  it('covers every optimizer with a recording', () => {
    expect(new Set(golden.cases.map(({ type }) => type))).toEqual(new Set(optimizers.keys()));
  });

  it('has the defaults of the course', () => {
    const of = (type: string) => [defaults(optimizers.get(type)!.params), optimizers.get(type)!.defaultLearningRate];
    expect(of('momentum')).toEqual([{ momentum: 0.9 }, 0.01]);
    expect(of('nesterov')).toEqual([{ momentum: 0.9 }, 0.01]);
    expect(of('rmsprop')).toEqual([{ decay: 0.9, epsilon: 1e-8 }, 0.001]);
    expect(of('adam')).toEqual([{ beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }, 0.001]);
  });

  it.each(['rmsprop', 'adam'])('leaves a weight whose gradient is always 0 where it is: %s', (type) => {
    const path = run(
      type,
      defaults(optimizers.get(type)!.params),
      [1.5],
      3,
      () => tf.tensor1d([0]),
      () => 0.1,
    );
    expect(path).toEqual([[1.5], [1.5], [1.5]]);
  });
});

describe('momentum under a schedule', () => {
  // J = ½(x² + 25y²) with the rate halved every 4 steps, by the course's own formulas in doubles.
  const curvature = [1, 25] as const;
  const rateAt = (step: number) => 0.02 / 2 ** Math.floor(step / 4);
  const gradientAt = (_step: number, weight: tf.Tensor) => tf.mul(weight, tf.tensor1d([...curvature]));
  const start = [1.5, -0.8];

  it('is Δ = γΔ + λ∇J(θ), θ = θ − Δ', () => {
    const theta = [...start];
    const delta = [0, 0];
    const expected = Array.from({ length: 12 }, (_, step) => {
      theta.forEach((value, i) => (delta[i] = 0.9 * delta[i]! + rateAt(step) * curvature[i]! * value));
      theta.forEach((value, i) => (theta[i] = value - delta[i]!));
      return [...theta];
    });
    expect(distance(run('momentum', { momentum: 0.9 }, start, 12, gradientAt, rateAt), expected)).toBeLessThan(1e-6);
  });

  it('holds θ − γΔ for Nesterov, where Δ = γΔ + λ∇J(θ − γΔ), θ = θ − Δ', () => {
    const theta = [...start];
    const delta = [0, 0];
    const expected = Array.from({ length: 12 }, (_, step) => {
      const ahead = theta.map((value, i) => value - 0.9 * delta[i]!);
      ahead.forEach((value, i) => (delta[i] = 0.9 * delta[i]! + rateAt(step) * curvature[i]! * value));
      theta.forEach((value, i) => (theta[i] = value - delta[i]!));
      return theta.map((value, i) => value - 0.9 * delta[i]!);
    });
    expect(distance(run('nesterov', { momentum: 0.9 }, start, 12, gradientAt, rateAt), expected)).toBeLessThan(1e-6);
  });
});
