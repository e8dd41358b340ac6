import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Problem } from '@/core/problem';
import { never } from '@/core/result';
import type { Evaluation } from '@/engine/program';
import type { Checkpoint, RunHistory, RunInfo, TrainingClient, TrainingEvent, TrainingJob } from '@/training/protocol';

export type RunStatus = 'idle' | 'preparing' | 'running' | 'paused' | 'finished' | 'stopped' | 'diverged' | 'failed';

/** The run on the desk: what it was started with and what it has told so far. */
export interface RunState {
  readonly status: RunStatus;
  readonly job: TrainingJob | null;
  readonly preparing: { readonly what: string; readonly share: number | null } | null;
  readonly info: RunInfo | null;
  readonly step: number;
  readonly history: RunHistory;
  readonly learningRate: number | null;
  readonly msPerStep: number | null;
  readonly msLeft: number | null;
  /** Of the last finished epoch. */
  readonly validation: Evaluation | null;
  readonly test: Evaluation | null;
  readonly problem: Problem | null;
  /** The last weights that are whole: what export takes and what a reload brings back. */
  readonly checkpoint: Checkpoint | null;

  start(job: TrainingJob): void;
  pause(): void;
  resume(): void;
  stop(): void;
  /** Stops and forgets the run and its weights. */
  reset(): void;
  /** Puts back what was stored: a run that ended or was interrupted, with its checkpoint. */
  bringBack(saved: SavedRun): void;
}

/** What storage keeps of a run. */
export interface SavedRun {
  readonly job: Omit<TrainingJob, 'resume'>;
  readonly status: 'paused' | 'finished' | 'stopped' | 'diverged';
  readonly info: RunInfo;
  readonly validation: Evaluation | null;
  readonly test: Evaluation | null;
  readonly problem: Problem | null;
  readonly checkpoint: Checkpoint;
}

export type RunStore = StoreApi<RunState>;

const noHistory: RunHistory = { losses: [], accuracies: [], epochs: [] };

const blank = {
  status: 'idle',
  job: null,
  preparing: null,
  info: null,
  step: 0,
  history: noHistory,
  learningRate: null,
  msPerStep: null,
  msLeft: null,
  validation: null,
  test: null,
  problem: null,
  checkpoint: null,
} as const satisfies Partial<RunState>;

/** The state after an event; pure. */
export function applyEvent(run: RunState, event: TrainingEvent): Partial<RunState> {
  switch (event.kind) {
    case 'preparing':
      return { status: 'preparing', preparing: { what: event.what, share: event.share } };
    case 'started':
      return { status: 'running', preparing: null, info: event.info, step: event.step };
    case 'steps':
      return {
        step: event.step,
        history: {
          ...run.history,
          losses: [...run.history.losses, ...event.losses],
          accuracies: [...run.history.accuracies, ...event.accuracies],
        },
        learningRate: event.learningRate,
        msPerStep: event.msPerStep,
        msLeft: event.msLeft,
      };
    case 'epoch':
      return {
        history: { ...run.history, epochs: [...run.history.epochs, event.report] },
        validation: event.validation,
        checkpoint: event.checkpoint,
      };
    case 'paused':
      return { status: 'paused', checkpoint: event.checkpoint };
    case 'resumed':
      return { status: 'running' };
    case 'finished':
      return {
        status: event.reason === 'completed' ? 'finished' : 'stopped',
        test: event.test,
        checkpoint: event.checkpoint,
        msPerStep: event.msPerStep,
        msLeft: null,
      };
    case 'diverged':
      return { status: 'diverged', problem: event.problem, checkpoint: event.checkpoint, msLeft: null };
    case 'failed':
      return { status: 'failed', problem: event.problem, preparing: null, msLeft: null };
    default:
      return never(event);
  }
}

export function createRunStore(client: TrainingClient): RunStore {
  return createStore<RunState>((set, get) => {
    /** Events of a run that was reset or replaced no longer count. */
    let current = 0;
    return {
      ...blank,

      start: (job) => {
        current += 1;
        const mine = current;
        const history = job.resume?.history ?? noHistory;
        set({ ...blank, status: 'preparing', job, history, checkpoint: job.resume ?? null });
        void client.start(job, (event) => {
          if (mine === current) set(applyEvent(get(), event));
        });
      },
      pause: () => void client.pause(),
      resume: () => {
        const { job, checkpoint, status } = get();
        if (status !== 'paused' || !job) return;
        if (get().info && checkpoint && current === 0) get().start({ ...job, resume: checkpoint });
        else void client.resume();
      },
      stop: () => void client.stop(),
      reset: () => {
        current += 1;
        void client.stop();
        set({ ...blank });
      },
      bringBack: (saved) => {
        current = 0;
        set({
          ...blank,
          ...saved,
          step: saved.checkpoint.state.step,
          history: saved.checkpoint.history,
        });
      },
    };
  });
}
