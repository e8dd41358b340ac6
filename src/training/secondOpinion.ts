import { free } from '@/engine/backends/choose';
import type { Batch, Program, ProgramState } from '@/engine/program';
import { brokenWeight } from './divergence';
import type { NextProgram } from './runBackends';

/** Steps that must be finite: numbers that grow without bounds pass one step here or there, but not so many. */
const PROBATION = 5;
/** Milliseconds after which the steps taken so far are enough. */
const LONG_ENOUGH = 2000;

export interface FailingStep {
  readonly state: ProgramState;
  readonly batchAt: (step: number) => Batch;
  readonly learningRateAt: (step: number) => number;
  readonly clock: () => number;
  readonly yieldToHost: () => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Takes a step that failed on one backend on the next one. Gives its program, before that step, where the numbers stay
 * finite: then the fault is the backend's. `null` where they do not, or where no other backend can say so soon.
 */
export async function secondOpinion(
  next: NextProgram,
  failing: FailingStep,
  onStage: (what: string) => void,
): Promise<Program | null> {
  for (;;) {
    const program = await next(onStage, 'quick');
    if (!program) return null;
    try {
      onStage(`Taking step ${failing.state.step + 1} on ${program.backend}`);
      if (await staysFinite(program, failing)) return program;
      free(program);
      return null;
    } catch {
      // This one fails by itself, which says nothing about the numbers.
      free(program);
    }
  }
}

async function staysFinite(program: Program, failing: FailingStep): Promise<boolean> {
  const { state, batchAt, learningRateAt, clock, yieldToHost, signal } = failing;
  const restored = program.restore(state);
  if (!restored.ok) throw new Error(restored.error.message);
  program.mark();
  const since = clock();
  for (let step = state.step; step < state.step + PROBATION; step += 1) {
    await yieldToHost();
    if (signal.aborted) return false;
    program.step(batchAt(step), learningRateAt(step));
    const [report] = await program.read();
    if (!report || !Number.isFinite(report.loss) || brokenWeight(await program.weights()) !== null) return false;
    if (clock() - since > LONG_ENOUGH) break;
  }
  program.rewind();
  return true;
}
