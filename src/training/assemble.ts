import { findDataset } from '@/datasets/registry';
import { availableBackends } from '@/engine/backends/available';
import type { Surroundings } from '@/engine/backends/prepare';
import { createProgram } from '@/engine/createProgram';
import { checkRecipe } from '@/recipe/check';
import { learningRateAt, notPerformed } from '@/recipe/performed';
import type { ChoiceMemory } from './choiceMemory';
import { createExampleStore } from './exampleStore';
import type { Files } from './fetchFile';
import type { RunDeps } from './run';
import { createYield } from './yieldToHost';

/** What differs between the worker and the command. */
export interface RunHost {
  readonly surroundings: Surroundings;
  readonly files: Files;
  readonly times: ChoiceMemory;
}

/** Brings the rooms below together: registries, backends and the program that performs a plan. */
export function assembleRun({ surroundings, files, times }: RunHost): Omit<RunDeps, 'control' | 'emit'> {
  return {
    findDataset,
    loadExamples: createExampleStore(files),
    openProgram: (plan, choice, options, onStage) => createProgram(surroundings, choice, plan, options, onStage),
    offers: () => availableBackends(surroundings),
    times,
    recipe: { check: checkRecipe, learningRateAt, notPerformed },
    clock: () => performance.now(),
    yieldToHost: createYield(),
  };
}
