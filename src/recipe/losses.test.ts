import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LossInput } from './define';
import golden from './goldens/losses.json';
import { losses, metrics } from './registry';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const asTargets = (targets: readonly number[] | readonly (readonly number[])[]): tf.Tensor =>
  typeof targets[0] === 'number'
    ? tf.tensor1d(targets as number[], 'int32')
    : tf.tensor2d(targets as number[][], undefined, 'float32');

function lossesOf(type: string, from: LossInput, predictions: number[][], targets: tf.Tensor): number[] {
  return tf.tidy(() => [...losses.get(type)!.perExample(tf, targets, tf.tensor2d(predictions), from).dataSync()]);
}

function gradientOf(type: string, from: LossInput, predictions: number[][], targets: tf.Tensor): number[] {
  const total = (z: tf.Tensor) => tf.sum<tf.Scalar>(losses.get(type)!.perExample(tf, targets, z, from));
  return tf.tidy(() => [...tf.grad(total)(tf.tensor2d(predictions)).dataSync()]);
}

/** Within the tolerance of the largest expected number, or within 10⁻¹², which float32 loses beside 1. */
const within = (values: readonly number[], expected: readonly number[], tolerance: number) => {
  expect(values).toHaveLength(expected.length);
  const scale = Math.max(...expected.map(Math.abs));
  values.forEach((value, i) =>
    expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(Math.max(tolerance * scale, 1e-12)),
  );
};

describe('a loss', () => {
  const cases = golden.cases.map((recorded) => ({
    ...recorded,
    from: recorded.from as LossInput,
    name: `${recorded.loss} from ${recorded.from} of ${recorded.predictions[0]!.length}`,
  }));

  it.each(cases)(
    'has the value and gradient that PyTorch gives: $name',
    ({ loss, from, predictions, targets, ...recorded }) => {
      const wanted = asTargets(targets);
      const got = lossesOf(loss, from, predictions, wanted);
      const gradient = gradientOf(loss, from, predictions, wanted);
      expect([...got, ...gradient].every(Number.isFinite)).toBe(true);
      // Each example for itself, so that a loss of 200 hides no error of a small one.
      got.forEach((value, i) => within([value], [recorded.losses[i]!], 2e-6));
      within(gradient, recorded.gradients.flat(), 1e-6);
    },
  );

  it.each(cases)('has the gradient that differences give: $name', ({ loss, from, predictions, targets }) => {
    const wanted = asTargets(targets);
    const gradient = gradientOf(loss, from, predictions, wanted);
    const units = predictions[0]!.length;
    // Small against a probability of 0.05; against logits large, since float32 rounds a loss of 200 by 8e-6.
    const step = from === 'outputs' ? 0.001 : 0.01;
    predictions.forEach((example, row) =>
      example.forEach((value, unit) => {
        const shifted = (by: number) => {
          const moved = predictions.map((p, r) => (r === row ? p.with(unit, value + by) : p));
          return lossesOf(loss, from, moved, wanted)[row]!;
        };
        const numeric = (shifted(step) - shifted(-step)) / (2 * step);
        const size = Math.max(1, Math.abs(numeric));
        expect(Math.abs(gradient[row * units + unit]! - numeric) / size).toBeLessThan(2e-3);
      }),
    );
  });

  it('stays finite where a probability is 0: −log 10⁻⁷', () => {
    const targets = asTargets([0]);
    within(lossesOf('crossEntropy', 'outputs', [[0, 1]], targets), [7 * Math.LN10], 1e-6);
    within(lossesOf('crossEntropy', 'outputs', [[1]], targets), [7 * Math.LN10], 1e-6);
  });

  it('is the same from log-probabilities given as logits: −log ½ = 0.6931', () => {
    const halves = [Math.log(0.5), Math.log(0.25), Math.log(0.25)];
    within(lossesOf('crossEntropy', 'softmaxLogits', [halves], asTargets([0])), [Math.LN2], 1e-6);
  });

  it('squares errors on one-hot targets: ((0.6−0)² + (0.4−1)²)/2 = 0.36', () => {
    within(lossesOf('squaredError', 'outputs', [[0.6, 0.4]], asTargets([1])), [0.36], 1e-6);
  });

  it('judges a softmax over one unit by the only probability it can give, 1', () => {
    within(lossesOf('crossEntropy', 'softmaxLogits', [[3], [-3]], asTargets([1, 0])), [0, 7 * Math.LN10], 1e-6);
  });
});

describe('accuracy', () => {
  const of = (from: LossInput, predictions: number[][], targets: number[]) =>
    tf.tidy(() => [
      ...metrics.get('accuracy')!.perExample(tf, asTargets(targets), tf.tensor2d(predictions), from).dataSync(),
    ]);

  it('takes the unit with the largest output', () => {
    expect(
      of(
        'outputs',
        [
          [0.1, 0.7, 0.2],
          [0.5, 0.3, 0.2],
        ],
        [1, 2],
      ),
    ).toEqual([1, 0]);
    expect(
      of(
        'softmaxLogits',
        [
          [-5, 2, 1],
          [0, -1, 4],
        ],
        [1, 2],
      ),
    ).toEqual([1, 1]);
  });

  it('takes class 1 for one unit above ½, or a logit above 0', () => {
    expect(of('outputs', [[0.51], [0.49], [0.49]], [1, 1, 0])).toEqual([1, 0, 1]);
    expect(of('sigmoidLogits', [[0.2], [-0.2], [0.2]], [1, 1, 0])).toEqual([1, 0, 0]);
    expect(of('softmaxLogits', [[-3], [3]], [1, 0])).toEqual([1, 0]);
  });
});
