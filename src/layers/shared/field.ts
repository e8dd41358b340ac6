import type { Shape } from '@/core/shape';
import type { FieldStep } from '../define';
import { transposedAxes, type TransposedWindow } from './transposed';
import { axisWindows, reachOf, type Window } from './windows';

/** Where an output under a window looks. */
export const windowField = (input: Shape, window: Window): readonly FieldStep[] =>
  axisWindows(input, window).map((axis) => ({ reach: reachOf(axis), stride: axis.stride, before: axis.before }));

/** Where an output of a transposed convolution looks: the inputs whose windows may cover it. */
export const transposedField = (input: Shape, window: TransposedWindow): readonly FieldStep[] =>
  transposedAxes(input, window).map((axis) => {
    const reach = reachOf(axis);
    return {
      reach: Math.ceil(reach / axis.stride),
      stride: 1 / axis.stride,
      before: Math.floor((reach - 1 - axis.before) / axis.stride),
    };
  });
