import type { Rank, Tensor } from '@tensorflow/tfjs';
import { defaults } from '@/core/params';
import { parseOptimizer } from '@/recipe/check';
import goldens from '@/recipe/goldens/optimizers.json';
import { optimizers } from '@/recipe/registry';
import { type Optimiser, optimise } from '../../reference/optimise';
import type { Snapshot } from '../../reference/snapshot';
import { randomTensor } from '../testing';
import type { Tf } from '../tf';
import type { Comparison } from './comparison';

/** The gradients of the weights, as layers would give them at a step. */
type GradientsAt = (tf: Tf, step: number) => Readonly<Record<string, Tensor>>;

/** Runs an optimizer for some steps; all weights and slots after each, flat. */
function path(
  tf: Tf,
  optimiser: Optimiser,
  weights: Readonly<Record<string, Tensor>>,
  steps: number,
  gradientsAt: GradientsAt,
  learningRate: number,
  keep: (state: Snapshot) => readonly Tensor[],
): Tensor {
  const slots = Object.entries(weights).flatMap(([key, weight]) =>
    optimiser.definition.slots.map((slot) => [`${key}/${slot}`, tf.zerosLike(weight)] as const),
  );
  let state: Snapshot = { step: 0, weights, slots: Object.fromEntries(slots) };
  const kept: Tensor[] = [];
  for (let step = 0; step < steps; step += 1) {
    state = optimise(tf, optimiser, state, { gradients: gradientsAt(tf, step), moved: {} }, learningRate);
    kept.push(...keep(state).map((each) => tf.reshape(each, [-1])));
  }
  return tf.concat(kept);
}

const RECORDED = goldens.cases.map((recorded, i): Comparison => {
  const { type, params, learningRate, weightDecay, clipNorm, gradients } = recorded;
  return {
    name: `20 steps of ${type} (case ${i})`,
    run: (tf) => {
      const parsed = parseOptimizer({ type, params });
      if (!parsed.ok) throw new Error(parsed.error[0]?.message);
      const optimiser: Optimiser = { ...parsed.value, recipe: { weightDecay, clipNorm } };
      return path(
        tf,
        optimiser,
        { 'w/kernel': tf.tensor1d(goldens.start) },
        gradients.length,
        (_tf, step) => ({ 'w/kernel': tf.tensor1d(gradients[step] ?? []) }),
        learningRate,
        ({ weights }) => Object.values(weights),
      );
    },
    expected: recorded.weights.flat(),
  };
});

/**
 * Gradients that come out of tfjs in all the ways that it lays tensors out: reshaped, summed, cut out, uploaded. They are
 * more than a shader may read at once.
 */
const gradientsOfAllKinds: GradientsAt = (tf, step) => {
  const drawn = <R extends Rank>(shape: number[], seed: number) =>
    randomTensor<R>(tf, shape as never, 10 * step + seed);
  return {
    'conv/kernel': tf.reshape(tf.mul(drawn([9, 5, 7], 1), 2), [3, 3, 5, 7]),
    'conv/bias': tf.sum(drawn([4, 7], 2), 0),
    'volume/kernel': tf.square(drawn([2, 3, 2, 3, 5], 3)),
    'dense/kernel': tf.reshape(tf.relu(drawn([20, 33], 4)), [33, 20]),
    'norm/gamma': tf.slice(tf.sum(drawn([2, 12], 5), 0), [3], [5]),
    'one/kernel': tf.sum(drawn([3, 1, 1], 6), 0),
    'table/kernel': drawn([70, 130], 7),
    'output/kernel': drawn([5, 2], 8),
    'output/bias': drawn([2], 9),
  };
};

const AGAINST_CPU = [...optimizers.values()].flatMap((definition) =>
  (
    [
      [0, null],
      [0.01, 2],
    ] as const
  ).map(([weightDecay, clipNorm]): Comparison => ({
    name: `${definition.type}${clipNorm ? ', clipped and decayed' : ''}, weights of all shapes`,
    run: (tf) => {
      const optimiser: Optimiser = {
        definition,
        params: defaults(definition.params),
        recipe: { weightDecay, clipNorm },
      };
      const weights = Object.entries(gradientsOfAllKinds(tf, 0)).map(
        ([key, { shape }], i) => [key, randomTensor(tf, shape, 50 + i)] as const,
      );
      const all = ({ weights, slots }: Snapshot) => [...Object.values(weights), ...Object.values(slots)];
      return path(tf, optimiser, Object.fromEntries(weights), 3, gradientsOfAllKinds, 0.01, all);
    },
  })),
);

/** Steps of the optimizers, which webgl and webgpu take with a shader for all of a step's arithmetic. */
export const UPDATES: readonly Comparison[] = [...RECORDED, ...AGAINST_CPU];

/** One step of an optimizer for one weight. */
export function update(tf: Tf, definition: Optimiser['definition']): Tensor {
  const weight = randomTensor<Rank.R2>(tf, [5, 3], 1);
  const optimiser: Optimiser = {
    definition,
    params: defaults(definition.params),
    recipe: { weightDecay: 0.1, clipNorm: null },
  };
  const slots = definition.slots.map((slot) => [`w/kernel/${slot}`, randomTensor<Rank.R2>(tf, [5, 3], 2)] as const);
  const state: Snapshot = { step: 0, weights: { 'w/kernel': weight }, slots: Object.fromEntries(slots) };
  return optimise(tf, optimiser, state, { gradients: { 'w/kernel': weight }, moved: {} }, 0.1).weights['w/kernel']!;
}
