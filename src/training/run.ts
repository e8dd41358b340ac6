import { problem, warning, type Problem } from '@/core/problem';
import type { Result } from '@/core/result';
import type { DatasetDefinition, Examples } from '@/datasets/define';
import { free } from '@/engine/backends/choose';
import type { ProgramOptions } from '@/engine/program';
import type { Recipe } from '@/recipe/recipe';
import type { Ahead } from './ahead';
import { makeBatches, type BatchOptions, type Batches } from './batches';
import type { LoadExamples } from './exampleStore';
import { failure } from './failure';
import { planProblem } from './fit';
import { checkpointProblem } from './history';
import type { RunInfo, TrainingJob } from './protocol';
import { runBackends, type BackendDeps } from './runBackends';
import { train, type TrainerOptions } from './trainer';

/** Smallest change of the share done that is worth an event. */
const SHARE_STEP = 0.01;

/** What the recipe's registry says of a recipe. */
export interface RecipeRules {
  /** Errors keep it from running; warnings don't. */
  check(recipe: Recipe, task: 'classes' | 'values'): readonly Omit<Problem, 'fixes'>[];
  /** Steps and epochs count from 0. */
  learningRateAt(
    recipe: Recipe,
    position: { readonly step: number; readonly totalSteps: number; readonly epoch: number },
  ): number;
  notPerformed(recipe: Recipe): readonly string[];
}

/** Everything outside that a run touches, passed in: the worker and the command bring their own. */
export interface RunDeps extends BackendDeps {
  readonly findDataset: (id: string) => DatasetDefinition | undefined;
  readonly loadExamples: LoadExamples;
  readonly recipe: RecipeRules;
  /** The same batches, prepared by another thread; left out where there is none to be had. */
  readonly prepareAhead?: (options: BatchOptions, batches: Batches) => Ahead;
  readonly emit: TrainerOptions['emit'];
}

/** Performs a job from its data to its last event. Never throws: what goes wrong is told as `failed`. */
export async function runTraining(job: TrainingJob, deps: RunDeps): Promise<void> {
  const failed = (found: Problem) => deps.emit({ kind: 'failed', problem: found });
  try {
    const dataset = deps.findDataset(job.dataset);
    if (!dataset) {
      const message = `There is no dataset “${job.dataset}” in this version.`;
      return failed(problem('run.dataset', message, { got: job.dataset }));
    }
    const misfit = planProblem(job.plan, dataset) ?? recipeProblem(job.recipe, dataset, deps.recipe);
    if (misfit) return failed(misfit);

    const examples = await load(job, dataset, deps);
    if (deps.control.signal.aborted) return failed(cancelled());
    if (!examples.ok) return failed(examples.error);

    const options: BatchOptions = {
      examples: examples.value,
      dataset,
      recipe: job.recipe,
      seed: job.seed,
      ports: { inputs: job.plan.inputs.length, outputs: job.plan.outputs.length },
      ...(job.limit === undefined ? {} : { limit: job.limit }),
    };
    const batches = makeBatches(options);
    if (batches.trainCount === 0) {
      return failed(problem('run.empty', `${dataset.title} has no example to train on.`));
    }
    const weights = job.plan.layers.flatMap((layer) => layer.weights);
    const stale = job.resume ? checkpointProblem(job.resume, weights, batches.stepsPerEpoch) : null;
    if (stale) return failed(stale);
    const ahead = deps.prepareAhead?.(options, batches) ?? null;
    try {
      await perform(job, dataset, ahead?.batches ?? batches, deps);
    } finally {
      ahead?.end();
    }
  } catch (error) {
    void failed(failure(error, job.backend));
  }
}

async function perform(job: TrainingJob, dataset: DatasetDefinition, batches: Batches, deps: RunDeps): Promise<void> {
  const { control, clock, yieldToHost, emit } = deps;
  const options: ProgramOptions = {
    recipe: { ...job.recipe, batchSize: batches.batchSize },
    seed: job.seed,
    task: dataset.task.kind,
    trains: true,
  };
  const { stepsPerEpoch } = batches;
  const totalSteps = job.recipe.epochs * stepsPerEpoch;
  const learningRateAt = (step: number): number =>
    deps.recipe.learningRateAt(job.recipe, { step, totalSteps, epoch: Math.floor(step / stepsPerEpoch) });
  const backends = runBackends(job, options, batches, learningRateAt(0), deps);
  const opened = await backends.first((what, share) => void emit({ kind: 'preparing', what, share: share ?? null }));
  if (!opened.ok) return emit({ kind: 'failed', problem: control.signal.aborted ? cancelled() : opened.error });
  const { program, report } = opened.value;
  try {
    if (control.signal.aborted) return emit({ kind: 'failed', problem: cancelled() });
    const info: RunInfo = {
      backend: program.backend,
      choice: report,
      trainCount: batches.trainCount,
      validationCount: batches.validation.count,
      testCount: batches.test.count,
      stepsPerEpoch,
      totalSteps,
      classes: dataset.task.kind === 'classes' ? dataset.task.names : null,
      inputs: batches.transform,
      notPerformed: deps.recipe.notPerformed(job.recipe),
    };
    await train({
      program,
      next: backends.next,
      batches,
      recipe: job.recipe,
      learningRateAt,
      info,
      control,
      clock,
      yieldToHost,
      emit: (event) => {
        if (event.kind === 'moved') void backends.distrust();
        return emit(event);
      },
      ...(job.resume ? { resume: job.resume } : {}),
    });
  } finally {
    free(program);
  }
}

async function load(job: TrainingJob, dataset: DatasetDefinition, deps: RunDeps): Promise<Result<Examples, Problem>> {
  const what = dataset.bytes > 0 ? `Loading ${dataset.title}` : `Making ${dataset.title}`;
  let told = 0;
  void deps.emit({ kind: 'preparing', what, share: dataset.bytes > 0 ? 0 : null });
  return deps.loadExamples(dataset, {
    seed: job.seed,
    signal: deps.control.signal,
    onProgress: (share) => {
      if (share < 1 && share - told < SHARE_STEP) return;
      told = share;
      void deps.emit({ kind: 'preparing', what, share });
    },
  });
}

function recipeProblem(recipe: Recipe, dataset: DatasetDefinition, rules: RecipeRules): Problem | null {
  const found = rules.check(recipe, dataset.task.kind).find(({ severity }) => severity === 'error');
  if (!found) return null;
  const { code, message, expected, got } = found;
  const details = { ...(expected === undefined ? {} : { expected }), ...(got === undefined ? {} : { got }) };
  return problem(code, message, details);
}

const cancelled = (): Problem => warning('run.cancelled', 'The run was stopped before its first step.');
