import { expose, proxy } from 'comlink';
import { browserSurroundings } from '@/engine/backends/browser';
import { aheadOf } from './ahead';
import { assembleRun } from './assemble';
import { storedMemory } from './choiceMemory';
import { fetchFiles } from './fetchFile';
import type { RunDeps } from './run';
import { createTrainingService } from './service';

/** Memory can be shared in an isolated page alone. The run goes on while the thread begins. */
const prepareAhead: RunDeps['prepareAhead'] = (options, batches) =>
  aheadOf(options, batches, (job) => {
    const worker = new Worker(new URL('./ahead.worker.ts', import.meta.url), { type: 'module', name: 'batches' });
    worker.postMessage(job);
    return () => worker.terminate();
  });

/** The page's first message: where its static files lie. It gets the service back, which takes all others. */
const door = {
  open: (base: string) => {
    const times = storedMemory(navigator.userAgent);
    const deps = assembleRun({ surroundings: browserSurroundings, files: fetchFiles(base), times });
    return proxy(createTrainingService(crossOriginIsolated ? { ...deps, prepareAhead } : deps));
  },
};
export type TrainingDoor = typeof door;

expose(door);
