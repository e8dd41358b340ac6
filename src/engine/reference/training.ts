import { batchNormInTraining } from './batchNorm';
import { dropoutInTraining } from './dropout';
import type { TrainingBehaviour } from './unit';

/** What stands in for stock layers in training, by their class names. */
export const trainingBehaviours: ReadonlyMap<string, TrainingBehaviour> = new Map([
  ['Dropout', dropoutInTraining],
  ['BatchNormalization', batchNormInTraining],
]);
