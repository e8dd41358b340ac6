import { problem } from '@/core/problem';
import type { TrainingClient } from '@/training/protocol';

/** Stands where the worker's client goes. */
export function trainingClient(): TrainingClient {
  return {
    start: async (_job, onEvent) =>
      onEvent({ kind: 'failed', problem: problem('train.missing', 'This version can’t train yet.') }),
    pause: async () => undefined,
    resume: async () => undefined,
    stop: async () => undefined,
    dispose: () => undefined,
  };
}
