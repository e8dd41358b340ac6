import { describe, expect, it } from 'vitest';
import { problem, warning } from '@/core/problem';
import { err, ok } from '@/core/result';
import type { DatasetDefinition } from '@/datasets/define';
import { defaultRecipe } from '@/recipe/recipe';
import { noMemory } from './choiceMemory';
import { createControl } from './control';
import { createExampleStore } from './exampleStore';
import { plainFiles } from './fetchFile';
import type { TrainingEvent, TrainingJob } from './protocol';
import { runTraining, type RunDeps } from './run';
import { FakeProgram, fakePlan } from './testing';

const split = (count: number) => ({ count, inputs: new Float32Array(count), targets: new Uint8Array(count) });
const dataset: DatasetDefinition = {
  id: 'dots',
  title: 'Dots',
  summary: '',
  input: [1],
  task: { kind: 'classes', names: ['a', 'b'] },
  counts: { train: 10, test: 0 },
  scale: 1,
  bytes: 0,
  licence: '',
  origin: '',
  load: () => Promise.resolve(ok({ train: split(10), test: split(0) })),
};
const job: TrainingJob = {
  plan: fakePlan,
  recipe: { ...defaultRecipe, epochs: 1, batchSize: 4 },
  seed: 1,
  dataset: 'dots',
  backend: 'auto',
};

async function events(change: Partial<TrainingJob> = {}, deps: Partial<RunDeps> = {}) {
  const told: TrainingEvent[] = [];
  await runTraining(
    { ...job, ...change },
    {
      findDataset: (id) => (id === 'dots' ? dataset : undefined),
      loadExamples: createExampleStore(plainFiles(() => Promise.resolve(err(problem('none', ''))))),
      openProgram: () => Promise.resolve(ok(new FakeProgram())),
      offers: () => Promise.resolve([{ name: 'wasm', reason: 'the processor', lastResort: false }]),
      times: noMemory,
      recipe: {
        check: () => [],
        learningRateAt: ({ learningRate }) => learningRate,
        notPerformed: () => ['the augmentation “flip”'],
      },
      clock: () => 0,
      yieldToHost: () => new Promise((resolve) => setImmediate(resolve)),
      control: createControl(),
      emit: (event) => void told.push(event),
      ...deps,
    },
  );
  return told;
}
const failure = (told: readonly TrainingEvent[]) => {
  const last = told.at(-1);
  return last?.kind === 'failed' ? last.problem : null;
};

describe('running a job', () => {
  it('prepares, says what the run is made of, trains and ends', async () => {
    const told = await events();
    expect(told.map(({ kind }) => kind).filter((kind, i, all) => kind !== all[i - 1])).toEqual([
      'preparing',
      'started',
      'steps',
      'epoch',
      'finished',
    ]);
    expect(told.find((event) => event.kind === 'started')?.info).toEqual({
      backend: 'fake',
      choice: { name: 'wasm', how: 'alone', trials: [{ name: 'wasm', ms: null, note: 'the processor' }] },
      trainCount: 9,
      validationCount: 1,
      testCount: 0,
      stepsPerEpoch: 3,
      totalSteps: 3,
      classes: ['a', 'b'],
      // The recipe's `unit`: stored numbers times the dataset's scale, 1 here.
      inputs: { shift: Float64Array.of(0), factor: Float64Array.of(1), uniform: 1 },
      notPerformed: ['the augmentation “flip”'],
    });
    expect(told.at(-1)).toMatchObject({ kind: 'finished', test: null });
  });

  it('gives the program the batch size that the data allow, and disposes of it', async () => {
    const program = new FakeProgram();
    let batchSize = 0;
    await events(
      { recipe: { ...job.recipe, batchSize: 64 } },
      {
        openProgram: (_plan, _backend, options) => {
          batchSize = options.recipe.batchSize;
          return Promise.resolve(ok(program));
        },
      },
    );
    expect(batchSize).toBe(9);
    expect(program.log.at(-1)).toBe('dispose');
  });

  it('names an unknown dataset, and a network that does not fit it', async () => {
    expect(failure(await events({ dataset: 'dats' }))?.message).toBe('There is no dataset “dats” in this version.');
    const wide = { ...dataset, input: [2, 3] };
    expect(failure(await events({}, { findDataset: () => wide }))?.message).toBe(
      'Dots gives examples of 2×3; conv1 takes 1.',
    );
    const three = { ...dataset, task: { kind: 'classes', names: ['a', 'b', 'c'] } } as const;
    expect(failure(await events({}, { findDataset: () => three }))?.message).toBe(
      'Dots has 3 classes to predict; conv1 gives 1.',
    );
  });

  it('refuses an impossible recipe, and lets warnings pass', async () => {
    const recipe = (found: ReturnType<typeof problem>): Pick<RunDeps, 'recipe'> => ({
      recipe: { check: () => [found], learningRateAt: () => 0.1, notPerformed: () => [] },
    });
    expect(failure(await events({}, recipe(problem('recipe.loss', 'no such loss'))))?.code).toBe('recipe.loss');
    expect(failure(await events({}, recipe(warning('recipe.schedule', 'constant'))))).toBeNull();
  });

  it('passes on what the data or the backend have to complain of', async () => {
    const broken = { ...dataset, load: () => Promise.resolve(err(problem('dataset.damaged', 'bad'))) };
    expect(failure(await events({}, { findDataset: () => broken }))?.code).toBe('dataset.damaged');
    const without = { openProgram: () => Promise.resolve(err(problem('backend.unavailable', 'no'))) };
    expect(failure(await events({}, without))?.code).toBe('backend.unavailable');
    const throwing = { openProgram: () => Promise.reject(new Error('WebGL context lost')) };
    expect(failure(await events({}, throwing))?.code).toBe('training.lost');
  });

  it('says so when it was stopped before the first step', async () => {
    const control = createControl();
    control.stop();
    expect(failure(await events({}, { control }))?.code).toBe('run.cancelled');
  });

  it('can be stopped while backends are timed, and frees what it had opened', async () => {
    const control = createControl();
    const opened: FakeProgram[] = [];
    const told = await events(
      {},
      {
        control,
        offers: () =>
          Promise.resolve([
            { name: 'webgl', reason: 'a GPU', lastResort: false },
            { name: 'wasm', reason: 'the processor', lastResort: false },
          ]),
        openProgram: (_plan, name) => {
          opened.push(new FakeProgram(undefined, null, 10, name));
          return Promise.resolve(ok(opened.at(-1)!));
        },
        // A message that came in while a step was computed.
        yieldToHost: () => Promise.resolve(control.stop()),
      },
    );
    expect(failure(told)?.code).toBe('run.cancelled');
    expect(opened.map(({ backend, log }) => [backend, log.at(-1)])).toEqual([['webgl', 'dispose']]);
    expect(told.some((event) => event.kind === 'preparing' && event.what === 'Timing webgl …')).toBe(true);
  });

  it('refuses a checkpoint of another network or another batch size', async () => {
    const finished = (await events()).at(-1);
    if (finished?.kind !== 'finished') throw new Error('it should have finished');
    const { checkpoint } = finished;
    expect(failure(await events({ resume: checkpoint }))).toBeNull();
    const other = { ...checkpoint, state: { ...checkpoint.state, weights: { 'conv/kernel': new Float32Array(5) } } };
    expect(failure(await events({ resume: other }))?.message).toContain('5 numbers for conv/kernel, and the network has 1');
    const rebatched = { resume: checkpoint, recipe: { ...job.recipe, batchSize: 2 } };
    expect(failure(await events(rebatched))?.code).toBe('checkpoint.epochs');
  });
});
