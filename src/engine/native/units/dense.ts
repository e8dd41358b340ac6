import type { Builder, NativeUnit, UnitCompiler, Value } from '../builder';
import { sizeOf } from '../builder';
import { fused, throughActivation } from '../activation';
import { columnSums, type Grid, outer, pack, tiles } from '../product';
import type { Place } from '../region';
import type { Windows } from '../windows';

/** Rows of a matrix as the windows of images one pixel high: each sees its own pixel, whose channels are its numbers. */
const rowsOf = (from: Place, rows: number, size: number): Windows => ({
  from, images: 1, height: 1, width: rows, channels: size, top: 0, left: 0, rows: 1, columns: rows, rowStep: 1,
  columnStep: 1, rowTaps: [0], columnTaps: [0],
});

const gridOf = (place: Place, size: number): Grid => ({ at: place, image: 0, row: 0, column: size });

/** z = xW + b on each row. */
function compile(unit: NativeUnit, build: Builder): readonly Value[] | null {
  const [x] = unit.inputs;
  const { kernel, bias } = unit.weights;
  if (!x || !kernel) return null;
  const [depth = 1, units = 1] = kernel.shape;
  const rows = sizeOf(x.shape) / depth;
  const z = build.value(unit, [...x.shape.slice(0, -1), units]);
  const activation = fused(unit.layer.params.activation);
  const weights = { from: kernel.place, taps: [0] };
  const packed = pack(build, { ...weights, depth, depthStride: units, columns: units, columnStride: 1 });
  tiles(build, rowsOf(x.place, rows, depth), packed, units, gridOf(z.place, units), {
    bias: bias?.place,
    relu: activation.relu,
  });
  if (activation.relu) build.readsBack(z);
  build.onBackward(() => {
    const dz = build.gradientOf(z);
    if (!dz) return;
    if (activation.relu) build.emit('relu_gradient', z.place, dz, sizeOf(z.shape));
    if (kernel.gradient) outer(build, rowsOf(x.place, rows, depth), gridOf(dz, units), units, kernel.gradient, units);
    if (bias?.gradient) columnSums(build, dz, rows, units, bias.gradient);
    build.addGradient(x, (to, add) => {
      const turned = pack(build, { ...weights, depth: units, depthStride: 1, columns: depth, columnStride: units });
      tiles(build, rowsOf(dz, rows, units), turned, depth, gridOf(to, depth), { add });
    });
  });
  return [throughActivation(unit, build, z, activation.rest)];
}

export const dense: UnitCompiler = { types: ['dense'], compile };
