import type { Shape } from '@/core/shape';
import type { FieldStep } from '../define';
import { axisWindows, reachOf, type Window } from './windows';

/** Where the outputs of a sliding window look: a step for each spatial axis of `[batch, …, channels]`. */
export const windowField = (input: Shape, window: Window): readonly FieldStep[] =>
  axisWindows(input, window).map((axis) => ({ reach: reachOf(axis), stride: axis.stride, before: axis.before }));
