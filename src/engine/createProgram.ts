import * as tf from '@tensorflow/tfjs';
import type { Plan } from '@/compiler/plan';
import type { Problem } from '@/core/problem';
import { err, type Result } from '@/core/result';
import { availableBackends } from './backends/available';
import { type BackendName, prepareBackend, type Surroundings } from './backends/prepare';
import type { OnPhase, Program, ProgramOptions } from './program';
import { createReferenceProgram } from './reference/createReferenceProgram';

export type BackendChoice = 'auto' | BackendName;

/**
 * Makes a plan runnable. `auto` takes the likely fastest backend that starts, the next one where it does not;
 * a backend asked for by name is that one or a problem.
 * @param onPhase is told in words what is being done, and why a backend was passed over.
 */
export async function createProgram(
  surroundings: Surroundings,
  choice: BackendChoice,
  plan: Plan,
  options: ProgramOptions,
  onPhase: OnPhase = () => {},
): Promise<Result<Program, Problem>> {
  const names = choice === 'auto' ? (await availableBackends(surroundings)).map(({ name }) => name) : [choice];
  let failure: Problem | null = null;
  for (const name of names) {
    onPhase(`Starting ${name}`);
    const prepared = await prepareBackend(tf, name, surroundings);
    if (!prepared.ok) {
      failure = prepared.error;
    } else {
      onPhase(`Building the network on ${prepared.value.detail}`);
      const program = await createReferenceProgram(tf, plan, options, prepared.value, onPhase);
      if (program.ok) return program;
      failure = program.error;
    }
    if (choice === 'auto') onPhase(failure.message);
  }
  return err(failure ?? { severity: 'error', code: 'backend.none', message: 'No backend runs on this machine.' });
}
