import { expose, proxy } from 'comlink';
import { browserSurroundings } from '@/engine/backends/browser';
import { assembleRun } from './assemble';
import { storedMemory } from './choiceMemory';
import { fetchFiles } from './fetchFile';
import { createTrainingService } from './service';

/** The page's first message: where its static files lie. It gets the service back, which takes all others. */
const door = {
  open: (base: string) => {
    const times = storedMemory(navigator.userAgent);
    const deps = assembleRun({ surroundings: browserSurroundings, files: fetchFiles(base), times });
    return proxy(createTrainingService(deps));
  },
};
export type TrainingDoor = typeof door;

expose(door);
