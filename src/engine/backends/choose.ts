import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import type { Program } from '../program';
import type { BackendOffer } from './available';
import type { BackendName } from './prepare';
import { timeStep, type TimingOptions } from './timing';

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
  /** Never throws. */
  readonly open: (name: BackendName) => Promise<Result<Program, Problem>>;
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
  const { offers, open, macs, signal } = options;
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
    const opened = await open(name);
    if (!opened.ok) {
      failure = opened.error;
      trials.set(name, { name, ms: null, note: failure.message });
      continue;
    }
    const outcome: Timed | Problem = await time(name, opened.value, best, options);
    if (!('program' in outcome)) {
      failure = outcome;
      trials.set(name, { name, ms: null, note: outcome.message });
      free(opened.value);
      continue;
    }
    trials.set(name, { name, ms: outcome.ms, note: outcome.finite ? reason : 'its loss is not finite' });
    const beaten: Timed | null = beats(outcome, best) ? best : outcome;
    if (beaten !== outcome) best = outcome;
    if (beaten) free(beaten.program);
  }
  if (best) return chosen(best, true);

  for (const { name } of offers) {
    if (signal.aborted) break;
    if (tried.has(name)) continue;
    const opened = await open(name);
    if (opened.ok) return chosen({ name, program: opened.value }, false);
    failure = opened.error;
    trials.set(name, { name, ms: null, note: failure.message });
  }
  return err(failure);
}

/** A problem that says why it was not measured, where it was not. */
async function time(
  name: BackendName,
  program: Program,
  best: Timed | null,
  options: ChoosingOptions,
): Promise<Timed | Problem> {
  options.onPhase(`Timing ${program.backend} …`);
  try {
    const timing = await timeStep(program, {
      ...options,
      best: best?.finite ? best.ms : Infinity,
      blocking: name === 'wasm' || name === 'cpu',
    });
    switch (timing.kind) {
      case 'measured':
        return { name, program, ms: timing.ms, finite: timing.finite };
      case 'given up':
        return problem('backend.slow', `given up: ${timing.why}`);
      case 'stopped':
        return problem('backend.stopped', 'stopped while it was timed');
    }
  } catch (error) {
    return options.explain(error, program.backend);
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
