import { wrap } from 'comlink';
import { createTrainingClient } from '@/training/client';
import type { TrainingEvent, TrainingJob } from '@/training/protocol';
import type { Door } from './worker';

/** Where the static files of the application lie. */
const base = new URL('/', location.href).href;

export interface EpochTime {
  /** From the first step to the end of the evaluation. */
  readonly ms: number;
  readonly accuracy: number | null;
  readonly backend: string;
}

/** Performs a job as the application does, in its own worker; data and program are made ready before the clock runs. */
function perform(job: TrainingJob): Promise<EpochTime> {
  const client = createTrainingClient(base);
  let [startedAt, backend] = [0, ''];
  return new Promise((resolve, reject) => {
    const hear = (event: TrainingEvent) => {
      if (event.kind === 'started') [startedAt, backend] = [performance.now(), event.info.backend];
      if (event.kind === 'finished')
        resolve({ ms: performance.now() - startedAt, accuracy: event.test?.accuracy ?? null, backend });
      if (event.kind === 'failed' || event.kind === 'diverged') reject(new Error(event.problem.message));
    };
    void client.start(job, hear);
  });
}

const worker = wrap<Door>(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }));

/** The page's global `bench`: what the benchmark asks of a browser. */
const bench = {
  open: (...opening: Parameters<Door['open']>) => worker.open(...opening),
  run: (...order: Parameters<Door['run']>) => worker.run(...order),
  perform,
};
export type Bench = typeof bench;

Object.assign(globalThis, { bench });
document.title = 'ready';
