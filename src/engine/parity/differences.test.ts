import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { randomStream } from '@/core/random';
import { layers } from '@/layers/registry';
import { nodeSurroundings } from '../backends/node';
import { prepareBackend } from '../backends/prepare';
import { dot } from '../testing/numbers';
import { outputWeightsOf, type Point, pointOf, runnable } from './compute';
import { type Numbers, type ParityCase, randomCases } from './requests';

/** Steps of the differences. A kink within ±2h spoils one; of several lengths one finds none. */
const STEPS = [0.03, 0.01, 3e-3, 1e-3, 3e-4];
/** A share of the gradient: what the fourth order leaves of smooth functions at these steps. */
const SHARE = 2e-3;
/** Rounding of 32-bit outputs, and of what is computed on the way, divided by h. */
const ROUNDING = 1e-6;
/** Directions tried. All numbers move in each: a kink spoils one of them, a wrong gradient all. */
const TURNS = 8;
const SEED = 7;
const CASES = 3;

vi.setConfig({ testTimeout: 120_000 });
beforeAll(async () => {
  expect((await prepareBackend(tf, 'cpu', nodeSurroundings)).ok).toBe(true);
});

/** Positions and the like can't move a little. */
const wholeNumbers = (numbers: Numbers | undefined) =>
  numbers !== undefined && 'values' in numbers && numbers.values.every(Number.isInteger);

/** ±1 in every place: all numbers move by h. */
const signs = (length: number, purpose: string): Float32Array => {
  const random = randomStream(SEED, purpose);
  return Float32Array.from({ length }, () => (random.uniform() < 0.5 ? -1 : 1));
};

interface Moved {
  readonly name: string;
  readonly gradient: Float32Array;
  at(point: Point, by: Float32Array): Point;
}

/** All that a case may be differentiated by. */
async function movable(it: ParityCase): Promise<readonly Moved[]> {
  const { inputGradients, weightGradients } = await (await runnable(tf, it)).compute(pointOf(it));
  const plus = (values: Float32Array | undefined, by: Float32Array) => by.map((value, i) => value + (values?.[i] ?? 0));
  return [
    ...inputGradients.flatMap((gradient, at): Moved[] => {
      if (wholeNumbers(it.given[at])) return [];
      const count = it.batch * (it.inputs[at] ?? []).reduce((product, size) => product * size, 1);
      return [
        {
          name: `input ${at}`,
          gradient: gradient ?? new Float32Array(count),
          at: (point, by) => ({
            ...point,
            inputs: point.inputs.map((values, i) => (i === at ? plus(values, by) : values)),
          }),
        },
      ];
    }),
    ...Object.entries(weightGradients).map(
      ([name, gradient]): Moved => ({
        name,
        gradient,
        at: (point, by) => ({ ...point, weights: { ...point.weights, [name]: plus(point.weights[name], by) } }),
      }),
    ),
  ];
}

const computing = [...layers.values()].filter(({ role }) => role === 'layer');

describe('the gradients of every layer in training are what differences say', () => {
  it.each(computing.map((definition) => [definition.type, definition] as const))('%s', async (_type, definition) => {
    const cases = randomCases(definition, SEED, { most: CASES });
    expect(cases.length).toBeGreaterThan(0);
    for (const it of cases) {
      const point = pointOf(it);
      const { weighedSum } = await runnable(tf, it);
      const size = Math.sqrt(outputWeightsOf(it).reduce((sum, values) => sum + dot(values, values), 0));
      for (const { name, gradient, at } of await movable(it)) {
        let least = Infinity;
        for (let turn = 0; turn < TURNS && least > 1; turn += 1) {
          const direction = signs(gradient.length, `${it.type}/${name}/${turn}`);
          const along = dot(gradient, direction);
          const errors = STEPS.map((h) => {
            const sum = (steps: number) => weighedSum(at(point, direction.map((sign) => sign * h * steps)));
            const difference = (8 * (sum(1) - sum(-1)) - (sum(2) - sum(-2))) / (12 * h);
            return Math.abs(difference - along) / (SHARE * Math.sqrt(dot(gradient, gradient)) + (ROUNDING * size) / h);
          });
          least = Math.min(least, ...errors);
        }
        const what = `${name} of ${JSON.stringify(it.params)} on ${JSON.stringify(it.inputs)}`;
        expect(least, what).toBeLessThanOrEqual(1);
      }
    }
  });
});
