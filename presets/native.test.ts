import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { compile } from '@/compiler/compile';
import type { Plan } from '@/compiler/plan';
import type { DatasetDefinition, Examples } from '@/datasets/define';
import { findDataset } from '@/datasets/registry';
import { readPublic } from '@/datasets/testing/readPublic';
import { nodeSurroundings } from '@/engine/backends/node';
import { type BackendName, prepareBackend } from '@/engine/backends/prepare';
import { createProgram } from '@/engine/createProgram';
import { relativeError } from '@/engine/kernels/testing';
import type { Program, ProgramOptions } from '@/engine/program';
import { createReferenceProgram } from '@/engine/reference/createReferenceProgram';
import { inTurn, norm } from '@/engine/testing/numbers';
import { openPreset, presetIds } from '@/formats/presets';
import type { Recipe } from '@/recipe/recipe';
import { makeBatches } from '@/training/batches';

interface Subject {
  readonly plan: Plan;
  readonly dataset: DatasetDefinition;
  readonly recipe: Recipe;
  readonly examples: Examples;
}

async function subjectOf(id: string): Promise<Subject> {
  const opened = openPreset(id);
  if (!opened.ok) throw new Error(opened.error.message);
  const { plan } = compile(opened.value);
  const dataset = findDataset(opened.value.dataset ?? '');
  if (!plan || !dataset) throw new Error(`${id} can’t be trained.`);
  const examples = await dataset.load({ read: readPublic, seed: 1, onProgress: () => undefined });
  if (!examples.ok) throw new Error(examples.error.message);
  return { plan, dataset, recipe: opened.value.recipe, examples: examples.value };
}

async function native(plan: Plan, options: ProgramOptions): Promise<Program> {
  const program = await createProgram(nodeSurroundings, 'wasm', plan, options);
  if (!program.ok) throw new Error(program.error.message);
  // The reference on wasm has no relaxed SIMD.
  expect(program.value.backend).toContain('relaxed SIMD');
  return program.value;
}

const referenceOn = (backend: BackendName) => async (plan: Plan, options: ProgramOptions) => {
  const prepared = await prepareBackend(tf, backend, nodeSurroundings);
  if (!prepared.ok) throw new Error(prepared.error.message);
  const program = await createReferenceProgram(tf, plan, options, prepared.value);
  if (!program.ok) throw new Error(program.error.message);
  return program.value;
};

async function using<T>(opening: Promise<Program>, body: (program: Program) => Promise<T>): Promise<T> {
  const program = await opening;
  try {
    return await body(program);
  } finally {
    program.dispose();
  }
}

const SIZE = 4;
const STEPS = 20;

describe.each(presetIds)('%s on our kernels and by the reference, four examples at a time', (id) => {
  it('has the same loss, gradients, and outputs after twenty steps', { timeout: 180_000 }, async () => {
    const { plan, dataset, recipe, examples } = await subjectOf(id);
    const options: ProgramOptions = {
      recipe: { ...recipe, batchSize: SIZE, optimizer: { type: 'sgd', params: {} } },
      seed: 1,
      task: dataset.task.kind,
    };
    const batches = makeBatches({ examples, dataset, recipe: options.recipe as Recipe, seed: 1, limit: 200 });
    const first = (open: typeof native) =>
      using(open(plan, options), (program) => program.gradients(batches.batchAt(0)));
    const later = (open: typeof native) =>
      using(open(plan, options), async (program) => {
        for (let i = 0; i < STEPS; i += 1) program.step(batches.batchAt(i), 0.01);
        const [outputs] = await program.predict(batches.batchAt(STEPS).inputs, SIZE);
        return { losses: (await program.read()).map(({ loss }) => loss), outputs: outputs! };
      });
    const [ours, theirs] = await inTurn([native, referenceOn('cpu')], first);
    expect(relativeError([ours!.loss], [theirs!.loss])).toBeLessThan(1e-5);
    const floor = 1e-3 * norm(theirs!.gradients);
    expect(floor).toBeGreaterThan(0);
    expect(Object.keys(ours!.gradients)).toEqual(Object.keys(theirs!.gradients));
    for (const [key, gradient] of Object.entries(theirs!.gradients)) {
      const apart = norm({ apart: gradient.map((value, i) => ours!.gradients[key]![i]! - value) });
      expect(apart, key).toBeLessThanOrEqual(1e-4 * Math.max(norm({ gradient }), floor));
    }
    // The reference on cpu would take most of a minute for the larger ones; on wasm it is held to it elsewhere.
    const [end, expected] = await inTurn([native, referenceOn('wasm')], later);
    expect(end!.losses.length).toBe(STEPS);
    expect(relativeError(end!.losses, expected!.losses)).toBeLessThan(1e-3);
    expect(relativeError(end!.outputs, expected!.outputs)).toBeLessThan(1e-3);
  });
});

describe.each([
  ['mlp-rings', { epochs: 5, limit: 400, chance: 0.5 }],
  ['resnet-small', { epochs: 2, limit: 160, chance: 0.1 }],
] as const)('%s over five seeds', (id, { epochs, limit, chance }) => {
  it('is as often right as by the reference', { timeout: 180_000 }, async () => {
    const { plan, dataset, recipe, examples } = await subjectOf(id);
    const test = makeBatches({ examples, dataset, recipe, seed: 1, limit }).test;
    const asked = Array.from({ length: test.batchCount }, (_, i) => ({ ...test.batch(i), counted: test.counted(i) }));
    const accuracies = (open: (plan: Plan, options: ProgramOptions) => Promise<Program>) =>
      inTurn([1, 2, 3, 4, 5], (seed) =>
        using(open(plan, { recipe, seed, task: dataset.task.kind }), async (program) => {
          const { batchAt, stepsPerEpoch } = makeBatches({ examples, dataset, recipe, seed, limit });
          for (let i = 0; i < epochs * stepsPerEpoch; i += 1) program.step(batchAt(i), recipe.learningRate);
          let [right, count] = [0, 0];
          for (const { inputs, targets, counts, counted } of asked) {
            const [outputs] = await program.predict(inputs, counts.length);
            const width = outputs!.length / counts.length;
            for (let i = 0; i < counted; i += 1) {
              const row = outputs!.subarray(i * width, (i + 1) * width);
              const said = width === 1 ? Number(row[0]! > 0.5) : row.indexOf(Math.max(...row));
              right += Number(said === targets[0]![i]);
              count += 1;
            }
          }
          return right / count;
        }),
      );
    const [ours, theirs] = [await accuracies(native), await accuracies(referenceOn('wasm'))];
    expect(Math.max(...ours)).toBeGreaterThanOrEqual(Math.min(...theirs));
    expect(Math.max(...theirs)).toBeGreaterThanOrEqual(Math.min(...ours));
    // It has learned something: two networks that both guess overlap too.
    expect(ours.reduce((sum, each) => sum + each, 0) / ours.length).toBeGreaterThan(1.5 * chance);
  });
});
