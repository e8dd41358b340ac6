import { problem, type Problem } from '@/core/problem';
import { err, type Result } from '@/core/result';
import { elements } from '@/core/shape';
import type { DocumentStore } from '@/state/documentStore';
import type { RunStore } from '@/state/runStore';
import type { Predictions, TrainingClient } from '@/training/protocol';

/** `window.layerloom`: what the browser's console and end-to-end tests may look at; no part of the product is built on it. */
export interface ConsoleHandle {
  readonly documents: DocumentStore;
  readonly run: RunStore;
  /**
   * Outputs of the network as last trained, computed where it was trained.
   * @param input examples one after the other, prepared as the recipe says.
   */
  predict(input: readonly number[]): Promise<Result<Predictions, Problem>>;
}

declare global {
  interface Window {
    layerloom?: ConsoleHandle;
  }
}

export const consoleHandle = (documents: DocumentStore, run: RunStore, training: TrainingClient): ConsoleHandle => ({
  documents,
  run,
  predict: async (input) => {
    const { job, checkpoint } = run.getState();
    if (!job || !checkpoint) return err(problem('predict.untrained', 'There are no weights yet: train first.'));
    const { plan, backend } = job;
    const size = elements(plan.layers[plan.inputs[0] ?? 0]?.outputs[0] ?? []);
    const { weights } = checkpoint.state;
    return training.predict({ plan, backend, weights, inputs: [Float32Array.from(input)], count: input.length / size });
  },
});
