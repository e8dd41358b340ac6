import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../kernels/tf';
import { batchNormInTraining } from './batchNorm';
import { dropoutInTraining } from './dropout';
import type { Pass, Unit } from './network';

/** How a stock layer behaves in training where tfjs's own way is unfit for it. */
export type TrainingBehaviour = (tf: Tf, unit: Unit, inputs: readonly Tensor[], pass: Pass) => Tensor;

/** By the stock layer's class name. */
export const trainingBehaviours: ReadonlyMap<string, TrainingBehaviour> = new Map([
  ['Dropout', dropoutInTraining],
  ['BatchNormalization', batchNormInTraining],
]);
