import { type UnpoolValues, windowsOn } from '@/layers/shared/unpools';
import type { AxisWindow } from '@/layers/shared/windows';
import { withBatch } from '../assemble';
import type { UnitCompiler } from '../builder';
import { ONE_ROW } from '../convolution';

/** As `PoolAxis` in kernels/pooling.h; so many windows came in, whatever the output has room for. */
const axisWords = ({ size, kernel, stride, before }: AxisWindow, windows: number) => [size, windows, kernel, stride, before];

/** Numbers back at their places; where windows overlap and name one place, the last is there, and all take its gradient. */
export const maxUnpool: UnitCompiler = {
  types: ['maxUnpool1d', 'maxUnpool2d'],
  compile: (unit, build) => {
    const [x, places] = unit.inputs;
    if (!x || !places) return null;
    const [images = 1] = x.shape;
    const y = build.value(unit, withBatch(unit.layer, images));
    const axes = windowsOn(y.shape, unit.layer.params as unknown as UnpoolValues);
    const windows = axes.map((axis, i) => axisWords(axis, x.shape[i + 1] ?? 1));
    const sizes = [images, x.shape.at(-1) ?? 1, ...(axes.length === 1 ? axisWords(ONE_ROW, 1) : []), ...windows.flat()];
    build.emit('unpool', x.place, places.place, y.place, ...sizes);
    if (x.slope.needed) build.readsBack(places);
    build.onBackward(() => {
      const dy = build.gradientOf(y);
      if (!dy) return;
      build.addGradient(x, (to, add) => build.emit('unpool_gradient', dy, places.place, to, ...sizes, Number(add)));
    });
    return [y];
  },
};
