import type { Problem } from '@/core/problem';
import type { Result } from '@/core/result';
import { createControl, type RunControl } from './control';
import { predict } from './predict';
import type { PredictionRequest, Predictions, TrainingEvent, TrainingJob } from './protocol';
import { runTraining, type RunDeps } from './run';

/** What the worker answers to. One run at a time. */
export interface TrainingService {
  /** Resolves when the run has ended and its last event has arrived. */
  start(job: TrainingJob, onEvent: (event: TrainingEvent) => void | Promise<void>): Promise<void>;
  pause(): void;
  resume(): void;
  stop(): void;
  /** Ends the run without its test evaluation; resolves when it has ended. */
  abort(): Promise<void>;
  predict(request: PredictionRequest): Promise<Result<Predictions, Problem>>;
  /** Forgets all that was timed. */
  forgetTimes(): Promise<void>;
}

export function createTrainingService(deps: Omit<RunDeps, 'control' | 'emit'>): TrainingService {
  let control: RunControl | null = null;
  let running: Promise<void> = Promise.resolve();
  const begin = async (
    job: TrainingJob,
    mine: RunControl,
    before: Promise<void>,
    onEvent: Parameters<TrainingService['start']>[1],
  ): Promise<void> => {
    await before;
    // Events travel in order, so the last one's arrival is that of all; a listener that fails is its own affair.
    let arrived: Promise<void> = Promise.resolve();
    const emit = (event: TrainingEvent): Promise<void> => {
      arrived = Promise.resolve(onEvent(event)).catch(() => undefined);
      return arrived;
    };
    await runTraining(job, { ...deps, control: mine, emit });
    await arrived;
  };
  return {
    start: (job, onEvent) => {
      control?.abort();
      control = createControl();
      running = begin(job, control, running, onEvent);
      return running;
    },
    pause: () => control?.pause(),
    resume: () => control?.resume(),
    stop: () => control?.stop(),
    abort: () => {
      control?.abort();
      return running;
    },
    predict: (request) => predict(request, deps.openProgram),
    forgetTimes: () => deps.times.clear(),
  };
}
