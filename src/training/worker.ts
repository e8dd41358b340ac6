import { expose, proxy } from 'comlink';
import { browserSurroundings } from '@/engine/backends/browser';
import { assembleRun } from './assemble';
import { fetchFiles } from './fetchFile';
import { createTrainingService } from './service';

/** The page's first message: where its static files lie. It gets the service back, which takes all others. */
const door = {
  open: (base: string) =>
    proxy(createTrainingService(assembleRun({ surroundings: browserSurroundings, files: fetchFiles(base) }))),
};
export type TrainingDoor = typeof door;

expose(door);
