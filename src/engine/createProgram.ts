import * as tf from '@tensorflow/tfjs';
import type { Plan } from '@/compiler/plan';
import type { Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import { availableBackends } from './backends/available';
import { watchBackend, watched } from './backends/loss';
import { type BackendName, prepareBackend, type Surroundings, unavailable } from './backends/prepare';
import type { Program, ProgramOptions } from './program';
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
  onPhase: (what: string) => void = () => {},
): Promise<Result<Program, Problem>> {
  const names = choice === 'auto' ? (await availableBackends(surroundings)).map(({ name }) => name) : [choice];
  let failure: Problem | null = null;
  for (const name of names) {
    onPhase(`Starting ${name}`);
    const program = await programOn(surroundings, name, plan, options, onPhase);
    if (program.ok) return program;
    failure = program.error;
    if (choice === 'auto') onPhase(failure.message);
  }
  return err(failure ?? { severity: 'error', code: 'backend.none', message: 'No backend runs on this machine.' });
}

async function programOn(
  surroundings: Surroundings,
  name: BackendName,
  plan: Plan,
  options: ProgramOptions,
  onPhase: (what: string) => void,
): Promise<Result<Program, Problem>> {
  const prepared = await prepareBackend(tf, name, surroundings);
  if (!prepared.ok) return prepared;
  const watch = watchBackend(tf, name, surroundings);
  const lost = watch.reason();
  if (lost === null) onPhase(`Building the network on ${prepared.value.detail}`);
  const program =
    lost === null ? await createReferenceProgram(tf, plan, options, prepared.value) : err(unavailable(name, lost));
  if (program.ok) return ok(watched(program.value, watch));
  watch.stop();
  return program;
}
