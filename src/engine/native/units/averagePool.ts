import { poolWindow, type PoolValues } from '@/layers/shared/pooling';
import { axisWindows, paddedOf, type AxisWindow } from '@/layers/shared/windows';
import type { UnitCompiler } from '../builder';
import { type Lines, partLines, windowLines } from '../lines';
import { resampled } from '../resampling';

/** Numbers that a window is the mean of: those inside, or those of the padding too; never what lies beyond that. */
const countIn = (axis: AxisWindow, window: number, inside: number, countPadding: boolean): number =>
  countPadding ? Math.min(axis.kernel, paddedOf(axis) - window * axis.stride) : inside;

const meanLines = (axis: AxisWindow, countPadding: boolean): Lines =>
  windowLines(axis).map((shares, window) => {
    const share = 1 / countIn(axis, window, shares.length, countPadding);
    return shares.map(({ line }) => ({ line, share }));
  });

export const averagePool: UnitCompiler = {
  types: ['averagePool1d', 'averagePool2d', 'averagePool3d'],
  compile: (unit, build) => {
    const p = unit.layer.params as unknown as PoolValues & { readonly countPadding: boolean };
    return resampled(unit, build, (shape) =>
      axisWindows(shape, poolWindow(p)).map((axis) => meanLines(axis, p.countPadding)),
    );
  },
};

export const adaptiveAveragePool: UnitCompiler = {
  types: ['adaptiveAveragePool1d', 'adaptiveAveragePool2d', 'adaptiveAveragePool3d'],
  compile: (unit, build) => {
    const output = unit.layer.params.output as readonly number[];
    return resampled(unit, build, (shape) => output.map((out, axis) => partLines(shape[axis + 1] ?? 1, out)));
  },
};

export const globalAveragePool: UnitCompiler = {
  types: ['globalAveragePool1d', 'globalAveragePool2d', 'globalAveragePool3d'],
  compile: (unit, build) =>
    resampled(unit, build, (shape) => shape.slice(1, -1).map((size) => partLines(size, 1))),
};
