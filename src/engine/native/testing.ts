import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import type { Plan } from '@/compiler/plan';
import type { Entry } from '@/compiler/testing/draw';
import { problem } from '@/core/problem';
import { randomStream } from '@/core/random';
import { err } from '@/core/result';
import { nodeSurroundings } from '../backends/node';
import { prepareBackend } from '../backends/prepare';
import type { Batch, Program, ProgramOptions } from '../program';
import { createReferenceProgram } from '../reference/createReferenceProgram';
import { planOf } from '../testing/plans';
import { sizeOf } from './builder';
import { createNativeProgram, type OpenBridge } from './createNativeProgram';
import type { NativeSurroundings } from './surroundings';

type Values = Readonly<Record<string, Float32Array>>;

/** Where a layer of the plan is not computed by our kernels: a problem that names it. */
const noBridge: OpenBridge = (plan) =>
  Promise.resolve(
    err(problem('native.foreign', `Our kernels lack a layer of ${plan.layers.map(({ type }) => type).join(', ')}.`)),
  );

/** On our kernels alone. */
export async function nativeProgram(
  plan: Plan,
  options: ProgramOptions,
  surroundings: Partial<NativeSurroundings> = {},
): Promise<Program> {
  const made = await createNativeProgram({ ...nodeSurroundings.native, ...surroundings }, plan, options, noBridge);
  if (!made.ok) throw new Error(made.error.message);
  if (!made.value) throw new Error('Our kernels lack what the recipe asks for.');
  return made.value;
}

/** The reference on plain JavaScript. */
export async function referenceProgram(plan: Plan, options: ProgramOptions): Promise<Program> {
  const prepared = await prepareBackend(tf, 'cpu', nodeSurroundings);
  if (!prepared.ok) throw new Error(prepared.error.message);
  const made = await createReferenceProgram(tf, plan, options, prepared.value);
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}

/**
 * An input whose every number is a weight, `<id>/kernel`, so that the gradient with respect to the input itself can be
 * read: the examples are the rows of the unit matrix, which pick out rows of a dense kernel. Shape: without batch.
 */
export const learnedInput = (id: string, shape: readonly number[]): readonly Entry[] => [
  [id, 'dense', { units: sizeOf(shape), bias: false }, ['in']],
  [`${id}Shaped`, 'reshape', { shape }],
];

/** A layer between learned inputs of these shapes, without batch, and an output. */
export const planAround = (
  [type, params]: readonly [type: string, params?: Readonly<Record<string, unknown>>],
  inputs: readonly (readonly number[])[],
  batch: number,
): Plan =>
  planOf([
    ['in', 'input', { shape: [batch] }],
    ...inputs.flatMap((shape, i) => learnedInput(`x${i}`, shape)),
    ['layer', type, params, inputs.map((_, i) => `x${i}Shaped`)],
    ['out', 'output'],
  ]);

/** Squared error to random targets, so that every output has a gradient; plain SGD. */
export const squaredError = (batch: number, recipe: Partial<ProgramOptions['recipe']> = {}): ProgramOptions => ({
  recipe: {
    optimizer: { type: 'sgd', params: {} },
    loss: 'squaredError',
    weightDecay: 0,
    clipNorm: null,
    batchSize: batch,
    ...recipe,
  },
  seed: 3,
  task: 'values',
});

/** Normal targets for each output, and the rows of the unit matrix for inputs of that size, normal numbers for others. */
export function valuesBatch(plan: Plan, batch: number, seed: number): Batch {
  const random = randomStream(seed, 'test/values');
  const floats = (layer: number) => batch * sizeOf(plan.layers[layer]!.outputs[0]!.slice(1).map(Number));
  const normal = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  const unitMatrix = Float32Array.from({ length: batch * batch }, (_, i) => (i % (batch + 1) === 0 ? 1 : 0));
  return {
    inputs: plan.inputs.map((i) => (floats(i) === batch * batch ? unitMatrix : normal(floats(i)))),
    targets: plan.outputs.map((i) => normal(floats(i))),
    counts: new Float32Array(batch).fill(1),
  };
}

/** Every weight a number of its own: where a bias is 0, its place can't be told. Positive where a square root is taken. */
export function randomWeights(weights: Values, seed: number): Values {
  return Object.fromEntries(
    Object.entries(weights).map(([key, values]) => {
      // Programs list their weights in orders of their own.
      const random = randomStream(seed, `test/weights/${key}`);
      const draw = () =>
        /variance/i.test(key) ? 0.5 + random.uniform() : (key.startsWith('x') ? 1 : 0.5) * random.normal();
      return [key, values.map(draw)];
    }),
  );
}

/** What a program computes of a batch, then of some steps, by name. */
export async function resultsOf(program: Program, batch: Batch, steps: number): Promise<Values> {
  const count = batch.counts.length;
  const named = (kind: string, values: Values) =>
    Object.entries(values).map(([key, each]) => [`${kind} ${key}`, each] as const);
  const outputs = await program.predict(batch.inputs, count);
  const { loss, gradients } = await program.gradients(batch);
  for (let i = 0; i < steps; i += 1) program.step(batch, 0.1);
  return Object.fromEntries([
    ...outputs.map((values, i) => [`output ${i}`, values] as const),
    ['loss', Float32Array.of(loss)] as const,
    ...named('gradient of', gradients),
    ...(steps > 0 ? named('stepped', await program.weights()) : []),
  ]);
}

const largestOf = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/**
 * max|a − b| / max|b| of each result, infinite where a number is missing. A gradient that is truly zero, of a bias in
 * front of a normalisation, has no size of its own: it is measured by a thousandth of the largest one's.
 */
export function differences(actual: Values, expected: Values): Readonly<Record<string, number>> {
  const kindOf = (name: string) => name.split(' ')[0];
  const floor = (name: string) =>
    1e-3 *
    Math.max(
      ...Object.entries(expected).map(([other, values]) => (kindOf(other) === kindOf(name) ? largestOf(values) : 0)),
    );
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
  return Object.fromEntries(
    Object.entries(expected).map(([name, values]) => {
      const ours = actual[name]!;
      if (ours.length !== values.length) return [name, Infinity];
      const apart = values.reduce((most, value, i) => {
        const difference = Math.abs(ours[i]! - value);
        return Number.isNaN(difference) ? Infinity : Math.max(most, difference);
      }, 0);
      return [name, apart === 0 ? 0 : apart / Math.max(largestOf(values), floor(name))];
    }),
  );
}

export interface AlikeOptions {
  readonly batch: number;
  readonly seed?: number;
  /** Steps of plain SGD, after which the weights are compared too, batch norm's statistics among them. */
  readonly steps?: number;
  readonly tolerance?: number;
  /** Replaces some of the random weights. */
  readonly weights?: Values;
}

/**
 * Every layer of the plan runs on our kernels, and outputs, loss, all gradients and two steps are those of the reference
 * on the cpu backend. With `planAround`, the layer's inputs are among the weights.
 */
export async function expectAlike(
  plan: Plan,
  { batch, seed = 1, steps = 2, tolerance = 1e-5, weights: given = {} }: AlikeOptions,
): Promise<void> {
  const options = squaredError(batch);
  const example = valuesBatch(plan, batch, seed);
  const results: Values[] = [];
  for (const create of [nativeProgram, referenceProgram]) {
    const program = await create(plan, options);
    try {
      const weights = { ...randomWeights(await program.weights(), seed), ...given };
      expect(program.restore({ weights })).toMatchObject({ ok: true });
      results.push(await resultsOf(program, example, steps));
    } finally {
      program.dispose();
    }
  }
  const [native, reference] = results;
  const apart = Object.entries(differences(native!, reference!)).filter(([, difference]) => !(difference <= tolerance));
  expect(apart, 'max|a − b| / max|b|').toEqual([]);
}
