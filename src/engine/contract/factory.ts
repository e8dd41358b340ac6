import type { Plan } from '@/compiler/plan';
import type { Problem } from '@/core/problem';
import type { Result } from '@/core/result';
import type { Program, ProgramOptions } from '../program';
import { batchFor } from '../testing/batches';

type Backend = 'wasm' | 'cpu';

/** Makes the implementation under test, ready on a backend. */
export type Factory = (backend: Backend, plan: Plan, options: ProgramOptions) => Promise<Result<Program, Problem>>;

/** Runs `body` with a program that is freed afterwards. */
export type Using = <T>(
  backend: Backend,
  plan: Plan,
  options: ProgramOptions,
  body: (program: Program) => T | Promise<T>,
) => Promise<T>;

export const usingWith =
  (create: Factory): Using =>
  async (backend, plan, options, body) => {
    const program = await create(backend, plan, options);
    if (!program.ok) throw new Error(program.error.message);
    try {
      return await body(program.value);
    } finally {
      program.value.dispose();
    }
  };

/** Examples in a batch. */
export const SIZE = 8;

/** Batch norm's statistics begin at 0 and 1, and biases at 0: a few steps give all weights values of their own. */
export function warmUp(program: Program, plan: Plan): void {
  for (let i = 0; i < 3; i += 1) program.step(batchFor(plan, SIZE, 100 + i), 0.05);
}
