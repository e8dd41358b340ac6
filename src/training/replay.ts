import type { Batch, Divergence, Program } from '@/engine/program';

/** Steps between two readings while replaying, so that no queue grows long. */
const READ_EVERY = 16;

export interface Failing {
  /** Counted from 0; the program's state is that before it. */
  readonly step: number;
  readonly divergence: Divergence;
}

interface Replayed {
  readonly program: Program;
  readonly batchAt: (step: number) => Batch;
  readonly learningRateAt: (step: number) => number;
  readonly yieldToHost: () => Promise<void>;
}

/**
 * Finds the step in which the first number that is not finite appears, and leaves the program just before it.
 * Batches, rates and draws follow from the step, so the replay takes the very steps that were taken.
 * @param marked step of the program's mark, whose weights are finite.
 * @param suspect step whose loss is not finite; or, where all losses are, the step after the last one taken.
 * @param brokenLayer where weights are known to be broken though all losses are finite.
 */
export async function locateDivergence(
  replayed: Replayed,
  marked: number,
  suspect: number,
  lossFailed: boolean,
  brokenLayer: string | null,
): Promise<Failing> {
  const { program, batchAt, learningRateAt } = replayed;
  const diagnose = (step: number) => program.diagnose(batchAt(step), learningRateAt(step));
  program.rewind();

  // A step's loss can be finite and its update not: the next step's loss shows it, but the fault is this one's.
  const before = suspect - 1;
  if (before >= marked) {
    await replay(replayed, marked, before);
    const divergence = await diagnose(before);
    if (divergence) return { step: before, divergence };
    if (!lossFailed) return { step: before, divergence: { phase: 'update', path: brokenLayer } };
    await replay(replayed, before, suspect);
  }
  return { step: suspect, divergence: (await diagnose(suspect)) ?? { phase: 'forward', path: null } };
}

async function replay(replayed: Replayed, from: number, to: number): Promise<void> {
  const { program, batchAt, learningRateAt, yieldToHost } = replayed;
  for (let step = from; step < to; step += 1) {
    program.step(batchAt(step), learningRateAt(step));
    if ((step - from + 1) % READ_EVERY !== 0) continue;
    await program.read();
    await yieldToHost();
  }
  await program.read();
}
