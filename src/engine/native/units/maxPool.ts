import { poolWindow, type PoolValues } from '@/layers/shared/pooling';
import { axisWindows } from '@/layers/shared/windows';
import { withBatch } from '../assemble';
import { type Builder, type NativeUnit, sizeOf, type UnitCompiler, type Value } from '../builder';
import { type Lines, partLines, windowLines } from '../lines';
import { maxima, maximaAndPlaces } from '../maxima';

/** Windows of the kind that a layer's parameters say, over inputs of a shape. */
const windowsOf =
  ({ layer }: NativeUnit) =>
  (shape: readonly number[]): readonly Lines[] =>
    axisWindows(shape, poolWindow(layer.params as unknown as PoolValues)).map(windowLines);

export const maxPool: UnitCompiler = {
  types: ['maxPool1d', 'maxPool2d', 'maxPool3d'],
  compile: (unit, build) => maxima(unit, build, windowsOf(unit)),
};

export const maxPoolWithIndices: UnitCompiler = {
  types: ['maxPoolWithIndices1d', 'maxPoolWithIndices2d'],
  compile: (unit, build) => maximaAndPlaces(unit, build, windowsOf(unit)),
};

export const adaptiveMaxPool: UnitCompiler = {
  types: ['adaptiveMaxPool1d', 'adaptiveMaxPool2d', 'adaptiveMaxPool3d'],
  compile: (unit, build) =>
    maxima(unit, build, (shape) =>
      (unit.layer.params.output as readonly number[]).map((out, axis) => partLines(shape[axis + 1] ?? 1, out)),
    ),
};

/** Equal maxima share the gradient, as in PyTorch's amax. */
function overAll(unit: NativeUnit, build: Builder): readonly Value[] | null {
  const [x] = unit.inputs;
  if (!x) return null;
  const [images = 1] = x.shape;
  const channels = x.shape.at(-1) ?? 1;
  const sizes = [images, sizeOf(x.shape.slice(1, -1)), channels] as const;
  const y = build.value(unit, withBatch(unit.layer, images));
  build.emit('channel_max', x.place, y.place, ...sizes);
  if (x.slope.needed) [x, y].forEach((value) => build.readsBack(value));
  build.onBackward(() => {
    const dy = build.gradientOf(y);
    if (!dy) return;
    build.needScratch(channels + 4);
    build.addGradient(x, (to, add) =>
      build.emit('channel_max_gradient', x.place, y.place, dy, to, ...sizes, Number(add)),
    );
  });
  return [y];
}

/** Where the axes are kept, it is a window as large as the input, whose first maximum takes the gradient. */
export const globalMaxPool: UnitCompiler = {
  types: ['globalMaxPool1d', 'globalMaxPool2d', 'globalMaxPool3d'],
  compile: (unit, build) =>
    unit.layer.params.keepAxes === true && unit.layer.type !== 'globalMaxPool3d'
      ? maxima(unit, build, (shape) => shape.slice(1, -1).map((size) => partLines(size, 1)))
      : overAll(unit, build),
};
