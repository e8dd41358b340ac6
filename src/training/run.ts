import type { Plan } from '@/compiler/plan';
import { problem, warning, type Problem } from '@/core/problem';
import type { Result } from '@/core/result';
import type { DatasetDefinition, Examples } from '@/datasets/define';
import type { OnPhase, Program, ProgramOptions } from '@/engine/program';
import type { Recipe } from '@/recipe/recipe';
import { makeBatches, type Batches } from './batches';
import type { RunControl } from './control';
import type { LoadExamples } from './exampleStore';
import { failure } from './failure';
import { planProblem } from './fit';
import { checkpointProblem } from './history';
import type { BackendChoice, RunInfo, TrainingEvent, TrainingJob } from './protocol';
import { train } from './trainer';

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
export interface RunDeps {
  readonly findDataset: (id: string) => DatasetDefinition | undefined;
  readonly loadExamples: LoadExamples;
  /** Starts the backend and makes the plan runnable on it. `onStage` is told in words what is being done. */
  readonly openProgram: (
    plan: Plan,
    backend: BackendChoice,
    options: ProgramOptions,
    onStage: OnPhase,
  ) => Promise<Result<Program, Problem>>;
  readonly recipe: RecipeRules;
  /** Milliseconds. */
  readonly clock: () => number;
  readonly yieldToHost: () => Promise<void>;
  readonly control: RunControl;
  readonly emit: (event: TrainingEvent) => void;
}

/** Performs a job from its data to its last event. Never throws: what goes wrong is told as `failed`. */
export async function runTraining(job: TrainingJob, deps: RunDeps): Promise<void> {
  const failed = (found: Problem): void => deps.emit({ kind: 'failed', problem: found });
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

    const batches = makeBatches({
      examples: examples.value,
      dataset,
      recipe: job.recipe,
      seed: job.seed,
      ports: { inputs: job.plan.inputs.length, outputs: job.plan.outputs.length },
      ...(job.limit === undefined ? {} : { limit: job.limit }),
    });
    if (batches.trainCount === 0) {
      return failed(problem('run.empty', `${dataset.title} has no example to train on.`));
    }
    const weights = job.plan.layers.flatMap((layer) => layer.weights);
    const stale = job.resume ? checkpointProblem(job.resume, weights, batches.stepsPerEpoch) : null;
    if (stale) return failed(stale);
    await perform(job, dataset, batches, deps);
  } catch (error) {
    failed(failure(error, job.backend));
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
  const opened = await deps.openProgram(job.plan, job.backend, options, (what, share) =>
    emit({ kind: 'preparing', what, share: share ?? null }),
  );
  if (!opened.ok) return emit({ kind: 'failed', problem: opened.error });
  const program = opened.value;
  try {
    if (control.signal.aborted) return emit({ kind: 'failed', problem: cancelled() });
    const { stepsPerEpoch } = batches;
    const totalSteps = job.recipe.epochs * stepsPerEpoch;
    const info: RunInfo = {
      backend: program.backend,
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
      batches,
      recipe: job.recipe,
      learningRateAt: (step) =>
        deps.recipe.learningRateAt(job.recipe, { step, totalSteps, epoch: Math.floor(step / stepsPerEpoch) }),
      info,
      control,
      clock,
      yieldToHost,
      emit,
      ...(job.resume ? { resume: job.resume } : {}),
    });
  } finally {
    program.dispose();
  }
}

async function load(job: TrainingJob, dataset: DatasetDefinition, deps: RunDeps): Promise<Result<Examples, Problem>> {
  const what = dataset.bytes > 0 ? `Loading ${dataset.title}` : `Making ${dataset.title}`;
  let told = 0;
  deps.emit({ kind: 'preparing', what, share: dataset.bytes > 0 ? 0 : null });
  return deps.loadExamples(dataset, {
    seed: job.seed,
    signal: deps.control.signal,
    onProgress: (share) => {
      if (share < 1 && share - told < SHARE_STEP) return;
      told = share;
      deps.emit({ kind: 'preparing', what, share });
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
