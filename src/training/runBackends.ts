import type { Plan } from '@/compiler/plan';
import type { Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import type { BackendOffer } from '@/engine/backends/available';
import { chooseBackend, type Trial } from '@/engine/backends/choose';
import type { OnPhase, Program, ProgramOptions } from '@/engine/program';
import type { Batches } from './batches';
import { timesKey, type ChoiceMemory } from './choiceMemory';
import type { RunControl } from './control';
import { failure } from './failure';
import type { BackendChoice, BackendName, BackendReport, TrainingJob } from './protocol';

/** Opens the next backend that starts; `null` when none is left. `quick`: none that takes long for a step. */
export type NextProgram = (onStage: OnPhase, which?: 'any' | 'quick') => Promise<Program | null>;

/** The backends of one run: the one it begins with, and those it may still go on with. */
export interface RunBackends {
  first(
    onStage: OnPhase,
  ): Promise<Result<{ readonly program: Program; readonly report: BackendReport }, Problem>>;
  readonly next: NextProgram;
  /** The run left its backend: what was measured of this network is measured again before the next run. */
  distrust(): Promise<void>;
}

/** Multiply-adds of a forward pass over a batch that plain JavaScript takes some seconds for, as a whole step. */
const LONG = 50_000_000;

/** What choosing and opening a backend touches. */
export interface BackendDeps {
  /** The backends that this machine may run, the likely fastest first. */
  readonly offers: () => Promise<readonly BackendOffer[]>;
  /** Starts the backend and makes the plan runnable on it. `onStage` is told in words what is being done. */
  readonly openProgram: (
    plan: Plan,
    backend: BackendChoice,
    options: ProgramOptions,
    onStage: OnPhase,
  ) => Promise<Result<Program, Problem>>;
  /** What was timed earlier. */
  readonly times: ChoiceMemory;
  /** Milliseconds. */
  readonly clock: () => number;
  readonly yieldToHost: () => Promise<void>;
  readonly control: RunControl;
}

export function runBackends(
  { plan, backend }: Pick<TrainingJob, 'plan' | 'backend'>,
  options: ProgramOptions,
  batches: Pick<Batches, 'batchAt'>,
  learningRate: number,
  deps: BackendDeps,
): RunBackends {
  const macs = plan.totals.macs * options.recipe.batchSize;
  let key = '';
  let trials: readonly Trial[] = [];
  let taken: readonly BackendName[] = [];

  const open = async (
    name: BackendName,
    onStage: OnPhase,
    batchSize = options.recipe.batchSize,
  ): Promise<Result<Program, Problem>> => {
    try {
      return await deps.openProgram(plan, name, { ...options, recipe: { ...options.recipe, batchSize } }, onStage);
    } catch (error) {
      return err(failure(error, name));
    }
  };
  const take = (program: Program, report: BackendReport) => {
    taken = [report.name];
    ({ trials } = report);
    return ok({ program, report });
  };

  return {
    first: async (onStage) => {
      if (backend !== 'auto') {
        const opened = await open(backend, onStage);
        return opened.ok ? take(opened.value, { name: backend, how: 'asked', trials }) : opened;
      }
      const offers = await deps.offers();
      key = timesKey(plan, options, offers);
      const kept = await deps.times.recall(key);
      const known = kept && (await open(kept.name, onStage));
      if (kept && known?.ok) return take(known.value, { ...kept, how: 'remembered' });
      const choice = await chooseBackend({
        offers,
        open: (name, batchSize) => open(name, onStage, batchSize),
        batch: batches.batchAt(0),
        learningRate,
        macs,
        clock: deps.clock,
        yieldToHost: deps.yieldToHost,
        signal: deps.control.signal,
        onPhase: onStage,
        explain: failure,
      });
      if (!choice.ok) return choice;
      const { name, program, timed } = choice.value;
      const report: BackendReport = { name, how: timed ? 'timed' : 'alone', trials: choice.value.trials };
      // What was cut short would be remembered as if it had been compared.
      if (timed && !deps.control.signal.aborted) await deps.times.keep(key, { name, trials: report.trials });
      return take(program, report);
    },
    next: async (onStage, which = 'any') => {
      const ms = (offer: BackendOffer) => trials.find(({ name }) => name === offer.name)?.ms ?? Infinity;
      const left = (await deps.offers())
        .filter(({ name, lastResort }) => !taken.includes(name) && !(which === 'quick' && lastResort && macs > LONG))
        .sort((a, b) => (ms(a) === ms(b) ? 0 : ms(a) - ms(b)));
      for (const { name } of left) {
        taken = [...taken, name];
        const opened = await open(name, onStage);
        if (opened.ok) return opened.value;
        onStage(opened.error.message);
      }
      return null;
    },
    distrust: () => deps.times.forget(key),
  };
}
