import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import type { Program } from '../program';
import type { BackendOffer } from './available';
import type { BackendName } from './prepare';
import { tasteOf, tasteStep, timeStep, type TimingOptions } from './timing';

/** What was found of one backend on offer. */
export interface Trial {
  readonly name: BackendName;
  /** Milliseconds of one training step, `null` where it was not measured. */
  readonly ms: number | null;
  /** What the backend is, or why it was not measured. */
  readonly note: string;
}

export interface Choice {
  readonly name: BackendName;
  readonly program: Program;
  /** One for each offer, in their order. */
  readonly trials: readonly Trial[];
  /** Whether steps were timed: where one backend alone comes into question, nothing is. */
  readonly timed: boolean;
}

export interface ChoosingOptions extends Omit<TimingOptions, 'best' | 'blocking'> {
  /** The likely fastest first. */
  readonly offers: readonly BackendOffer[];
  /** For batches of so many examples. Never throws. */
  readonly open: (name: BackendName, batchSize: number) => Promise<Result<Program, Problem>>;
  /** Multiply-adds of a forward pass over the batch. */
  readonly macs: number;
  readonly onPhase: (what: string) => void;
  /** What a backend threw, for people. */
  readonly explain: (error: unknown, backend: string) => Problem;
}

/** Multiply-adds of a forward pass up to which plain JavaScript may win, since it starts each operation at once. */
const SMALL = 1_000_000;

/** A backend whose steps were timed. */
interface Timed {
  readonly name: BackendName;
  readonly program: Program;
  readonly ms: number;
  readonly finite: boolean;
}

/**
 * Takes the backend on which a real training step of the network is fastest. Only hardware and wasm come into question,
 * for small networks plain JavaScript too: what processors imitate is taken where nothing else starts, and untimed.
 * Ends early when the signal is aborted, with whatever it holds: the caller looks at the signal first.
 */
export async function chooseBackend(options: ChoosingOptions): Promise<Result<Choice, Problem>> {
  const { offers, open, batch, macs, signal } = options;
  const rivals = offers.filter(({ name, lastResort }) => !lastResort || (name === 'cpu' && macs <= SMALL));
  const trials = new Map<BackendName, Trial>(
    offers.map(({ name, reason }) => [name, { name, ms: null, note: reason }]),
  );
  const chosen = ({ name, program }: Pick<Choice, 'name' | 'program'>, timed: boolean): Result<Choice, Problem> =>
    ok({ name, program, timed, trials: [...trials.values()] });

  let best: Timed | null = null;
  let failure = problem('backend.none', 'No backend runs on this machine.');
  const tried = new Set<BackendName>();
  for (const { name, reason } of rivals.length > 1 ? rivals : []) {
    if (signal.aborted) break;
    tried.add(name);
    const outcome: Result<Timed, Problem> = await time(name, best, options);
    if (!outcome.ok) {
      failure = outcome.error;
      trials.set(name, { name, ms: null, note: failure.message });
      continue;
    }
    const { ms, finite } = outcome.value;
    trials.set(name, { name, ms, note: finite ? reason : 'its loss is not finite' });
    const beaten: Timed | null = beats(outcome.value, best) ? best : outcome.value;
    if (beaten !== outcome.value) best = outcome.value;
    if (beaten) free(beaten.program);
  }
  if (best) return chosen(best, true);

  for (const { name } of offers) {
    if (signal.aborted) break;
    if (tried.has(name)) continue;
    const opened = await open(name, batch.counts.length);
    if (opened.ok) return chosen({ name, program: opened.value }, false);
    failure = opened.error;
    trials.set(name, { name, ms: null, note: failure.message });
  }
  return err(failure);
}

/** Opens a backend and times it; a problem says why that can't be done or leads nowhere. */
async function time(name: BackendName, best: Timed | null, options: ChoosingOptions): Promise<Result<Timed, Problem>> {
  const { open, batch, onPhase, explain } = options;
  const blocking = name === 'wasm' || name === 'cpu';
  const bound = best?.finite ? best.ms : Infinity;
  if (blocking && bound < Infinity) {
    const part = tasteOf(batch);
    const tasted = await triedOut(await open(name, part.counts.length), explain, (program) => {
      onPhase(`Trying ${program.backend} …`);
      return tasteStep(program, part, { ...options, best: bound });
    });
    if (!tasted.ok) return tasted;
    free(tasted.value.program);
    if (tasted.value.outcome) return err(givenUp(tasted.value.outcome.why));
  }
  const timed = await triedOut(await open(name, batch.counts.length), explain, (program) => {
    onPhase(`Timing ${program.backend} …`);
    return timeStep(program, { ...options, best: bound, blocking });
  });
  if (!timed.ok) return timed;
  const { program, outcome } = timed.value;
  if (outcome.kind === 'measured') return ok({ name, program, ms: outcome.ms, finite: outcome.finite });
  free(program);
  return err(givenUp(outcome.kind === 'stopped' ? 'the start was stopped' : outcome.why));
}

const givenUp = (why: string): Problem => problem('backend.slow', `given up: ${why}`);

/** A program that was opened, and what a trial of it gave. One that fails in it is freed. */
async function triedOut<T>(
  opened: Result<Program, Problem>,
  explain: ChoosingOptions['explain'],
  trial: (program: Program) => Promise<T>,
): Promise<Result<{ readonly program: Program; readonly outcome: T }, Problem>> {
  if (!opened.ok) return opened;
  const program = opened.value;
  try {
    return ok({ program, outcome: await trial(program) });
  } catch (error) {
    free(program);
    return err(explain(error, program.backend));
  }
}

/** Timings scatter: only by so much less is a later one, which is the less likely one, the faster. */
const CLEARLY = 0.9;

/** A backend whose loss is not finite where another one's is computes wrongly. */
const beats = (one: Timed, other: Timed | null): boolean =>
  other === null || (one.finite === other.finite ? one.ms < CLEARLY * other.ms : one.finite);

/** Frees a program that may sit on a lost device, where freeing fails too. */
export function free(program: Program): void {
  try {
    program.dispose();
  } catch {
    return;
  }
}
