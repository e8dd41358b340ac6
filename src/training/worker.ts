import { expose, proxy } from 'comlink';
import { createRunDeps } from './assemble';
import { createTrainingService } from './service';

/** The page's first message: where its static files lie. All others go to the service that it gets back. */
const door = {
  open: (base: string) => proxy(createTrainingService(createRunDeps(base))),
};
export type TrainingDoor = typeof door;

expose(door);
