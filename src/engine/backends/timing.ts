import type { Batch, Program } from '../program';

/** Blocks of steps that are timed; the fastest counts, since nothing but other work makes one slower. */
const BLOCKS = 3;
/** Milliseconds that a block is to last, and most steps in one: reading back is shared out over a block, as in a run. */
const BLOCK_MS = 50;
const BLOCK_STEPS = 16;
/** A backend that is so many times slower than the best one so far can't win any more. */
const BEATEN = 2;
/** Milliseconds that the very first step may take longer than its work: the browser compiles what it runs. */
const COLD = 100;
/** Milliseconds that a single answer may take longer than its work. */
const LATENCY = 20;
/** Of a backend that may be hopeless one part in so many of a batch is computed first. */
const TASTE = 16;
/** Milliseconds that a step may take to answer, the compiling of shaders included. */
export const PATIENCE = 20_000;

export interface TimingOptions {
  readonly batch: Batch;
  readonly learningRate: number;
  /** Computed by the program's own thread: a step can't be broken off, and compiles no shaders. */
  readonly blocking: boolean;
  /** Milliseconds a step of the fastest backend so far; infinite before the first. */
  readonly best: number;
  readonly clock: () => number;
  /** Lets messages in, among them the wish to stop. */
  readonly yieldToHost: () => Promise<void>;
  readonly signal: AbortSignal;
  readonly patience?: number;
}

export type Timing =
  | {
      readonly kind: 'measured';
      /** Milliseconds a step, to its end on the device. */
      readonly ms: number;
      /** Whether the first step's loss was finite. */
      readonly finite: boolean;
    }
  /** It can't win; said in words. */
  | { readonly kind: 'given up'; readonly why: string }
  | { readonly kind: 'stopped' };

/**
 * Times training steps of a program on a batch and puts its state back: one step untimed, in which shaders are compiled
 * and memory is taken, then a few blocks of steps, each read back at its end. A device's queue doesn't flatter.
 * Throws what the program throws.
 */
export async function timeStep(program: Program, options: TimingOptions): Promise<Timing> {
  const { batch, learningRate, blocking, best, clock, yieldToHost, signal } = options;
  program.mark();
  /** Milliseconds a step, and the loss of the first. */
  const take = async (steps: number): Promise<{ ms: number; loss: number }> => {
    await yieldToHost();
    if (signal.aborted) throw new Ended({ kind: 'stopped' });
    const since = clock();
    for (let i = 0; i < steps; i += 1) program.step(batch, learningRate);
    const [first] = await answered(program.read(), signal, options.patience ?? PATIENCE);
    return { ms: (clock() - since) / steps, loss: first?.loss ?? NaN };
  };
  const giveUpAbove = (limit: number, ms: number, what: string): void => {
    if (ms > limit) throw new Ended({ kind: 'given up', why: `${what} took ${inWords(ms)}` });
  };
  try {
    const { loss, ms: cold } = await take(1);
    // On a graphics card most of it may be the compiling of shaders.
    if (blocking) giveUpAbove(BEATEN * best + COLD, cold, 'a step');
    const single = await take(1);
    giveUpAbove(BEATEN * best + LATENCY, single.ms, 'a step');
    const steps = Math.max(1, Math.min(BLOCK_STEPS, Math.floor(BLOCK_MS / single.ms)));
    const blocks: number[] = [];
    while (blocks.length < BLOCKS) {
      const { ms } = await take(steps);
      blocks.push(ms);
      if (ms > BEATEN * best) break;
    }
    program.rewind();
    return { kind: 'measured', ms: Math.min(...blocks), finite: Number.isFinite(loss) };
  } catch (error) {
    if (error instanceof Ended) return error.timing;
    throw error;
  }
}

/** The part of a batch that `tasteStep` takes. */
export const tasteOf = ({ inputs, targets, counts }: Batch): Batch => {
  const count = Math.ceil(counts.length / TASTE);
  const part = (values: Float32Array) => values.slice(0, (values.length / counts.length) * count);
  return { inputs: inputs.map(part), targets: targets.map(part), counts: part(counts) };
};

/**
 * One step of a program made for a small part of the batch: `null` where the whole may still be the fastest. A step on a
 * processor can't be broken off, and of what is hopeless no more than this is computed.
 */
export async function tasteStep(
  program: Program,
  part: Batch,
  { best, clock, learningRate }: Pick<TimingOptions, 'best' | 'clock' | 'learningRate'>,
): Promise<Extract<Timing, { kind: 'given up' }> | null> {
  const since = clock();
  program.step(part, learningRate);
  await program.read();
  const ms = clock() - since;
  if (ms <= BEATEN * best + COLD) return null;
  return { kind: 'given up', why: `1/${TASTE} of a batch took ${inWords(ms)}` };
}

/** Ends a timing early. */
class Ended extends Error {
  constructor(readonly timing: Timing) {
    super(timing.kind);
  }
}

/** The answer, unless the wish to stop or the end of patience comes first. */
function answered<T>(answer: Promise<T>, signal: AbortSignal, patience: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new Ended({ kind: 'stopped' }));
    const late = () => reject(new Ended({ kind: 'given up', why: `no answer within ${inWords(patience)}` }));
    const timer = setTimeout(late, patience);
    signal.addEventListener('abort', stop);
    answer.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    });
  });
}

const inWords = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);
