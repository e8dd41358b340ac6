import type { Batch, Program } from '../program';

/** Milliseconds that a test lets pass. */
export interface TestClock {
  ms: number;
}

/**
 * A real program whose steps take as long as the test says: each by its share of a full batch when it is read, as on a
 * device that queues, or at once.
 */
export function slowed(
  program: Program,
  clock: TestClock,
  ms: number,
  { queues = false, full = 8 } = {},
): Program & { readonly sizes: number[] } {
  const sizes: number[] = [];
  let queued = 0;
  return {
    ...program,
    sizes,
    step: (batch: Batch, learningRate) => {
      const size = batch.counts.length;
      sizes.push(size);
      const takes = (ms * size) / full;
      if (queues) queued += takes;
      else clock.ms += takes;
      program.step(batch, learningRate);
    },
    read: () => {
      clock.ms += queued;
      queued = 0;
      return program.read();
    },
  };
}
