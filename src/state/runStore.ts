import { createStore, type StoreApi } from 'zustand/vanilla';
import { problem, type Problem } from '@/core/problem';
import { never } from '@/core/result';
import type { Evaluation } from '@/engine/program';
import type {
  BackendMove,
  Checkpoint,
  RunHistory,
  RunInfo,
  TrainingClient,
  TrainingEvent,
  TrainingJob,
} from '@/training/protocol';

export type RunStatus = 'idle' | 'preparing' | 'running' | 'paused' | 'finished' | 'stopped' | 'diverged' | 'failed';

interface Steps {
  readonly losses: readonly number[];
  readonly accuracies: readonly (number | null)[];
}

/** The run on the desk: what it was started with and what it has told so far. */
export interface RunState {
  readonly status: RunStatus;
  readonly job: TrainingJob | null;
  /** Whether the worker holds this run; one that was brought back from storage is not live until it goes on. */
  readonly live: boolean;
  /** What is done before the next step is told; also in a running one that goes on with another backend. */
  readonly preparing: { readonly what: string; readonly share: number | null } | null;
  readonly info: RunInfo | null;
  /** Backends that it left since it was started here. */
  readonly moves: readonly BackendMove[];
  readonly step: number;
  /** Curves so far; in long runs they are a little behind `step`, by less than a screen can show. */
  readonly history: RunHistory;
  /** Steps told but not yet in `history`. */
  readonly pending: Steps;
  readonly learningRate: number | null;
  readonly msPerStep: number | null;
  readonly msLeft: number | null;
  /** Of the last finished epoch. */
  readonly validation: Evaluation | null;
  readonly test: Evaluation | null;
  readonly problem: Problem | null;
  /** The last weights that are whole: what export takes and what a reload brings back. */
  readonly checkpoint: Checkpoint | null;

  readonly start: (job: TrainingJob) => void;
  readonly pause: () => void;
  /** Goes on: in the worker when it still holds the run, else from the checkpoint. */
  readonly resume: () => void;
  readonly stop: () => void;
  /** Stops and forgets the run and its weights. */
  readonly reset: () => void;
  /** Puts back what was stored: a run that ended or was interrupted, with its checkpoint. */
  readonly bringBack: (saved: SavedRun) => void;
  /** Lets the next run time its backends anew. */
  readonly forgetTimes: () => Promise<void>;
}

/** What storage keeps of a run. */
export interface SavedRun {
  readonly job: Omit<TrainingJob, 'resume'>;
  readonly status: 'paused' | 'finished' | 'stopped' | 'diverged';
  /** `null` for weights that came with an opened model: nothing was trained here yet. */
  readonly info: RunInfo | null;
  readonly validation: Evaluation | null;
  readonly test: Evaluation | null;
  readonly problem: Problem | null;
  readonly checkpoint: Checkpoint;
}

export type RunStore = StoreApi<RunState>;

const noSteps: Steps = { losses: [], accuracies: [] };
const noHistory: RunHistory = { ...noSteps, epochs: [] };

const blank = {
  status: 'idle',
  job: null,
  live: false,
  preparing: null,
  info: null,
  moves: [],
  step: 0,
  history: noHistory,
  pending: noSteps,
  learningRate: null,
  msPerStep: null,
  msLeft: null,
  validation: null,
  test: null,
  problem: null,
  checkpoint: null,
} as const satisfies Partial<RunState>;

/** A curve of so many steps is brought up to date when a 512th of it is new: a pixel, and a bounded cost per step. */
const curveResolution = 512;

function joined(history: RunHistory, { losses, accuracies }: Steps): RunHistory {
  if (losses.length === 0) return history;
  return {
    ...history,
    losses: history.losses.concat(losses),
    accuracies: history.accuracies.concat(accuracies),
  };
}

/** Steps added to the curves, or kept aside until they can be seen. */
function withSteps(run: Pick<RunState, 'history' | 'pending'>, steps: Steps): Pick<RunState, 'history' | 'pending'> {
  const pending = {
    losses: run.pending.losses.concat(steps.losses),
    accuracies: run.pending.accuracies.concat(steps.accuracies),
  };
  if (pending.losses.length * curveResolution < run.history.losses.length) return { history: run.history, pending };
  return { history: joined(run.history, pending), pending: noSteps };
}

/** The curves whole, nothing kept aside. */
const flushed = (run: Pick<RunState, 'history' | 'pending'>): Pick<RunState, 'history' | 'pending'> => ({
  history: joined(run.history, run.pending),
  pending: noSteps,
});

const ended = { live: false, preparing: null, msLeft: null } as const;

/** What is known once a run has ended: the curves of the steps that its weights have seen. */
const endedAt = (checkpoint: Checkpoint): Partial<RunState> => ({
  ...ended,
  checkpoint,
  step: checkpoint.state.step,
  history: checkpoint.history,
  pending: noSteps,
});

/** The state after an event; pure. */
export function applyEvent(run: RunState, event: TrainingEvent): Partial<RunState> {
  switch (event.kind) {
    case 'preparing':
      return { preparing: { what: event.what, share: event.share } };
    case 'started':
      return { status: 'running', preparing: null, info: event.info, step: event.step };
    case 'moved': {
      const { move } = event;
      return { moves: [...run.moves, move], info: run.info && { ...run.info, backend: move.to } };
    }
    case 'steps':
      return {
        ...withSteps(run, event),
        preparing: null,
        step: event.step,
        learningRate: event.learningRate,
        msPerStep: event.msPerStep,
        msLeft: event.msLeft,
      };
    case 'epoch': {
      const { history, pending } = flushed(run);
      return {
        history: { ...history, epochs: [...history.epochs, event.report] },
        pending,
        preparing: null,
        validation: event.validation,
        checkpoint: event.checkpoint,
      };
    }
    case 'checkpoint':
      return { checkpoint: event.checkpoint };
    case 'paused':
      return { ...flushed(run), status: 'paused', preparing: null, checkpoint: event.checkpoint };
    case 'resumed':
      return { status: 'running' };
    case 'finished':
      return {
        ...endedAt(event.checkpoint),
        status: event.reason === 'completed' ? 'finished' : 'stopped',
        test: event.test,
        msPerStep: event.msPerStep,
      };
    case 'diverged':
      return { ...endedAt(event.checkpoint), status: 'diverged', problem: event.problem };
    case 'failed':
      return { ...flushed(run), ...ended, status: 'failed', problem: event.problem };
    default:
      return never(event);
  }
}

/** What storage is to keep of a run now; `null` when it holds no weights yet. A run that goes on counts as paused. */
export function savedRunOf(run: RunState): SavedRun | null {
  const { job, info, checkpoint, validation, test } = run;
  if (!job || !checkpoint) return null;
  const over = run.status === 'finished' || run.status === 'stopped' || run.status === 'diverged';
  const { resume: _resume, ...rest } = job;
  return {
    job: rest,
    status: over ? run.status : 'paused',
    info,
    validation,
    test,
    problem: run.status === 'diverged' ? run.problem : null,
    checkpoint,
  };
}

export const isActive = (status: RunStatus): boolean => status === 'preparing' || status === 'running';

function crashed(reason: unknown): Problem {
  const why = reason instanceof Error ? reason.message : String(reason);
  return problem('run.crashed', `Training broke off: ${why}. What the last epoch learnt is kept; Resume goes on from there.`);
}

export function createRunStore(client: TrainingClient): RunStore {
  return createStore<RunState>((set, get) => {
    /** Events of a run that was reset or replaced no longer count. */
    let current = 0;
    const begin = (job: TrainingJob, kept: Partial<RunState>) => {
      current += 1;
      const mine = current;
      const tell = (event: TrainingEvent) => {
        if (mine === current) set(applyEvent(get(), event));
      };
      set({ ...blank, ...kept, status: 'preparing', live: true, job });
      client.start(job, tell).catch((reason: unknown) => tell({ kind: 'failed', problem: crashed(reason) }));
    };
    /** A worker that can't be reached ends the run instead of leaving it hanging. */
    const ask = (request: Promise<void>) => {
      const mine = current;
      request.catch((reason: unknown) => {
        if (mine === current) set(applyEvent(get(), { kind: 'failed', problem: crashed(reason) }));
      });
    };

    return {
      ...blank,

      start: (job) =>
        begin(job, {
          history: job.resume?.history ?? noHistory,
          step: job.resume?.state.step ?? 0,
          checkpoint: job.resume ?? null,
        }),
      pause: () => {
        if (isActive(get().status)) ask(client.pause());
      },
      resume: () => {
        const { job, checkpoint, status, live, info, validation } = get();
        if (!job || isActive(status)) return;
        if (live && status === 'paused') return ask(client.resume());
        if (!checkpoint) return;
        begin(
          { ...job, resume: checkpoint },
          { info, validation, checkpoint, history: checkpoint.history, step: checkpoint.state.step },
        );
      },
      stop: () => {
        const { status, live } = get();
        if (live) ask(client.stop());
        else if (status === 'paused') set({ status: 'stopped' });
      },
      reset: () => {
        current += 1;
        if (get().live) client.stop().catch(() => undefined);
        set({ ...blank });
      },
      bringBack: (saved) => {
        current += 1;
        if (get().live) client.stop().catch(() => undefined);
        set({ ...blank, ...saved, step: saved.checkpoint.state.step, history: saved.checkpoint.history });
      },
      forgetTimes: () => client.forgetTimes(),
    };
  });
}
