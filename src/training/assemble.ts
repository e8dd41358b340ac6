import * as tf from '@tensorflow/tfjs';
import type { Plan } from '@/compiler/plan';
import { problem, type Problem } from '@/core/problem';
import { err, type Result } from '@/core/result';
import { findDataset } from '@/datasets/registry';
import { availableBackends } from '@/engine/backends/available';
import { prepareBackend, type BackendName, type Surroundings } from '@/engine/backends/prepare';
import type { Program, ProgramOptions } from '@/engine/program';
import { createReferenceProgram } from '@/engine/reference/createReferenceProgram';
import { checkRecipe } from '@/recipe/check';
import { learningRateAt, notPerformed } from '@/recipe/performed';
import { createExampleStore } from './exampleStore';
import type { Files } from './fetchFile';
import type { BackendChoice } from './protocol';
import type { RunDeps } from './run';
import { createYield } from './yieldToHost';

/** What differs between the worker and the command. */
export interface RunHost {
  readonly surroundings: Surroundings;
  readonly files: Files;
}

/** Brings the rooms below together: registries, backends and the program that performs a plan. */
export function assembleRun({ surroundings, files }: RunHost): Omit<RunDeps, 'control' | 'emit'> {
  return {
    findDataset,
    loadExamples: createExampleStore(files),
    openProgram: (plan, choice, options, onStage) => openProgram(surroundings, plan, choice, options, onStage),
    recipe: { check: checkRecipe, learningRateAt, notPerformed },
    clock: () => performance.now(),
    yieldToHost: createYield(),
  };
}

/** The plan on the backend chosen; on `auto`, on the first of those offered that starts and takes it. */
async function openProgram(
  surroundings: Surroundings,
  plan: Plan,
  choice: BackendChoice,
  options: ProgramOptions,
  onStage: (what: string) => void,
): Promise<Result<Program, Problem>> {
  const names: readonly BackendName[] =
    choice === 'auto' ? (await availableBackends(surroundings)).map(({ name }) => name) : [choice];
  let refused: Result<Program, Problem> = err(problem('backend.none', 'No backend runs here.'));
  for (const name of names) {
    onStage(`Starting the ${name} backend`);
    const backend = await prepareBackend(tf, name, surroundings);
    if (!backend.ok) {
      refused = backend;
      continue;
    }
    onStage('Building the network');
    const program = await createReferenceProgram(tf, plan, options, backend.value);
    if (program.ok) return program;
    refused = program;
  }
  return refused;
}
