/** What the user wants of a run; `abort` ends it without its test evaluation. */
export type Wish = 'go' | 'pause' | 'stop' | 'abort';

/** The handle by which a run is steered; the loop looks at it at every step boundary. */
export interface RunControl {
  readonly wish: Wish;
  /** Aborted by `stop` and `abort`: ends downloads. */
  readonly signal: AbortSignal;
  pause(): void;
  resume(): void;
  /** A second stop aborts. */
  stop(): void;
  abort(): void;
  /** Resolves once the wish is another than `pause`. */
  released(): Promise<void>;
}

export function createControl(): RunControl {
  const ending = new AbortController();
  let wish: Wish = 'go';
  let waiting: (() => void)[] = [];
  const turn = (to: Wish): void => {
    wish = to;
    if (to === 'stop' || to === 'abort') ending.abort();
    if (to === 'pause') return;
    const released = waiting;
    waiting = [];
    for (const release of released) release();
  };
  return {
    get wish() {
      return wish;
    },
    signal: ending.signal,
    pause: () => {
      if (wish === 'go') turn('pause');
    },
    resume: () => {
      if (wish === 'pause') turn('go');
    },
    stop: () => turn(wish === 'stop' || wish === 'abort' ? 'abort' : 'stop'),
    abort: () => turn('abort'),
    released: () =>
      wish === 'pause' ? new Promise((resolve) => waiting.push(() => resolve())) : Promise.resolve(),
  };
}
