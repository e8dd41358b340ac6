/** How long between two readings of losses, in milliseconds. */
const READ_EVERY = 100;
/** Blocks of steps that the median looks back on. */
const RECENT = 21;

/** Measures steps in blocks, one block between two readings. */
export interface Pace {
  /** How many steps to queue before the next reading: 1 at first, then about READ_EVERY's worth. */
  readonly interval: number;
  /** Median over the recent blocks; 0 before the first. */
  readonly msPerStep: number;
  readonly due: (ms: number, steps: number) => boolean;
  add(ms: number, steps: number): void;
}

export function createPace(): Pace {
  const recent: number[] = [];
  let interval = 1;
  let msPerStep = 0;
  return {
    get interval() {
      return interval;
    },
    get msPerStep() {
      return msPerStep;
    },
    due: (ms, steps) => steps >= interval || ms >= READ_EVERY,
    add: (ms, steps) => {
      recent.push(ms / steps);
      if (recent.length > RECENT) recent.shift();
      msPerStep = median(recent);
      // At most doubled: on a GPU the first steps are queued faster than they are computed.
      const wanted = msPerStep > 0 ? Math.round(READ_EVERY / msPerStep) : 2 * interval;
      interval = Math.max(1, Math.min(wanted, 2 * interval));
    },
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
