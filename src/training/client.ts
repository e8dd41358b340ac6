import { proxy, releaseProxy, wrap, type Endpoint, type Remote } from 'comlink';
import { problem } from '@/core/problem';
import { err } from '@/core/result';
import type { TrainingClient, TrainingEvent } from './protocol';
import type { TrainingService } from './service';
import type { TrainingDoor } from './worker';

/** What of a worker is used here. */
export interface WorkerLike extends Endpoint {
  terminate(): void;
}

/** Milliseconds that a run which was replaced has to end by itself. */
const PATIENCE = 3000;

/** After these the backend that the worker began with can't be relied on. */
const SPOILING: ReadonlySet<string> = new Set(['training.memory', 'training.lost', 'training.failed']);

type Answer = Awaited<ReturnType<TrainingClient['predict']>>;

interface Connection {
  readonly worker: WorkerLike;
  readonly service: Promise<Remote<TrainingService>>;
  /** Resolves, with the reason if there is one to tell, when the worker breaks down or is ended. */
  readonly broken: Promise<string | null>;
  /** `null`: on purpose, which nobody needs to be told. */
  end(reason: string | null): void;
}

const spawnWorker = (): WorkerLike =>
  new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'training' });

/**
 * The page's side of training. The worker starts with the first run; one that breaks down ends its run as `failed`,
 * and the next run gets a new one.
 * @param base address that paths below `public/` are relative to.
 */
export function createTrainingClient(
  base: string = new URL('./', document.baseURI).href,
  spawn: () => WorkerLike = spawnWorker,
): TrainingClient {
  let connection: Connection | null = null;
  /** The latest run asked for, and when it ends. */
  let latest = 0;
  let running: Promise<void> = Promise.resolve();
  /** The latest run has been handed to a worker, so that orders reach it and not the one before. */
  let begun: Promise<void> = Promise.resolve();

  const connect = (): Connection => {
    const worker = spawn();
    const door = wrap<TrainingDoor>(worker);
    let end: Connection['end'] = () => undefined;
    const broken = new Promise<string | null>((resolve) => {
      end = (reason) => {
        if (connection === made) connection = null;
        worker.terminate();
        resolve(reason);
      };
    });
    const made: Connection = { worker, broken, end, service: door.open(base) };
    const onError = (event: object): void => {
      end('message' in event && typeof event.message === 'string' && event.message ? event.message : 'the worker could not be loaded');
    };
    worker.addEventListener('error', onError);
    worker.addEventListener('messageerror', onError);
    return made;
  };

  const perform = async (job: Parameters<TrainingClient['start']>[0], onEvent: (event: TrainingEvent) => void) => {
    const mine = (connection ??= connect());
    let spoilt = false;
    const told = proxy((event: TrainingEvent) => {
      spoilt ||= event.kind === 'failed' && SPOILING.has(event.problem.code);
      spoilt ||= event.kind === 'moved' && SPOILING.has(event.move.problem.code);
      try {
        onEvent(event);
      } catch (error) {
        reportError(error);
      }
    });
    const run = mine.service.then((service) => service.start(job, told)).then(() => null);
    const failure = await Promise.race([run, mine.broken]).catch((error: unknown) =>
      error instanceof Error ? error.message : String(error),
    );
    if (spoilt) mine.end(null);
    if (failure === null) return;
    mine.end(failure);
    const message = `The training worker broke down (${failure}). Start again: the next run gets a new one.`;
    onEvent({ kind: 'failed', problem: problem('training.worker', message, { got: failure }) });
  };

  const tell = async (order: (service: Remote<TrainingService>) => Promise<void>): Promise<void> => {
    await begun;
    const mine = connection;
    if (!mine) return;
    const told = mine.service.then(order).catch(() => undefined);
    await Promise.race([told, mine.broken]);
  };

  /** Ends the present run, by force where it doesn't answer. */
  const clear = async (): Promise<void> => {
    const mine = connection;
    if (!mine) return;
    const patience = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), PATIENCE));
    const aborted = mine.service.then((service) => service.abort()).catch(() => undefined);
    if ((await Promise.race([aborted, mine.broken, patience])) === 'late') mine.end(null);
  };

  return {
    start: (job, onEvent) => {
      latest += 1;
      const number = latest;
      const before = running;
      const cleared = clear().then(() => before);
      const run = cleared.then(() => (number === latest ? perform(job, onEvent) : undefined));
      // Registered after the line above: by then the run was handed over.
      begun = cleared.then(() => undefined);
      running = run;
      return run;
    },
    pause: () => tell((service) => service.pause()),
    resume: () => tell((service) => service.resume()),
    stop: () => tell((service) => service.stop()),
    predict: (request) => {
      const mine = (connection ??= connect());
      const lost = (why: string): Answer =>
        err(problem('training.worker', `The training worker broke down (${why}), so there are no predictions. Ask again.`));
      const answer = async (): Promise<Answer> => (await mine.service).predict(request);
      const broken = mine.broken.then((why) => lost(why ?? 'it was ended'));
      return Promise.race([answer(), broken]).catch((error: unknown) =>
        lost(error instanceof Error ? error.message : String(error)),
      );
    },
    forgetTimes: async () => {
      const { service, broken } = (connection ??= connect());
      await Promise.race([service.then((remote) => remote.forgetTimes()), broken]);
    },
    dispose: () => {
      latest += 1;
      const mine = connection;
      if (!mine) return;
      connection = null;
      void mine.service.then((service) => service[releaseProxy]()).catch(() => undefined);
      mine.end(null);
    },
  };
}
