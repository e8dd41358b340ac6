import type { AxisWindow } from '@/layers/shared/windows';
import { withBatch } from '../assemble';
import { fused, throughActivation } from '../activation';
import { type Builder, type NativeUnit, sizeOf, type UnitCompiler, type Value } from '../builder';
import { type Convolution, convolutionOf, outputsOf, phasesOf, upTo, windowsOf } from '../convolution';
import { compileDepthwise } from '../depthwise';
import { areSmall, groupedForward, groupedInputGradient, groupedKernelGradient } from '../grouped';
import { columnSums, type Ending, outer, pack, shifted, tiles } from '../product';
import type { Place } from '../region';
import { convolve, kernelGradient, suits, type Winograd } from '../winograd';

function spreadBack(build: Builder, c: Convolution, dz: Place, kernel: Place, dx: Place, ending: Ending): void {
  for (const { windows, taps, to } of phasesOf(c)) {
    if (taps.length === 0 && ending.add) continue;
    const { first, ...strides } = to;
    const packed = pack(build, {
      from: kernel,
      taps: taps.map((tap) => tap * c.channels * c.filters),
      depth: c.filters,
      depthStride: 1,
      columns: c.channels,
      columnStride: c.filters,
    });
    tiles(build, { ...windows, from: dz }, packed, c.channels, { ...strides, at: shifted(dx, first) }, ending);
  }
}

const isUnit = ({ kernel, stride, dilation }: AxisWindow) => kernel === 3 && stride === 1 && dilation === 1;

/** The same by Winograd's way, there and back, where that is faster; `null` where it is not. */
function winogradOf(c: Convolution): { readonly there: Winograd; readonly back: Winograd } | null {
  const { images, rows, columns, channels, filters } = c;
  if (!isUnit(rows) || !isUnit(columns)) return null;
  const there: Winograd = {
    images, height: rows.size, width: columns.size, channels, top: rows.before, left: columns.before,
    rows: rows.out, columns: columns.out, filters,
  };
  const back: Winograd = {
    images, height: rows.out, width: columns.out, channels: filters, top: 2 - rows.before, left: 2 - columns.before,
    rows: rows.size, columns: columns.size, filters: channels,
  };
  return suits(there) && suits(back) ? { there, back } : null;
}

/** Columns of a matrix of so many rows, `width` floats each. */
interface Columns {
  readonly rows: number;
  readonly width: number;
  readonly first: number;
  readonly size: number;
}

function takeOut(build: Builder, { rows, width, first, size }: Columns, whole: Place): Place {
  const piece = build.passing(rows * size);
  build.emit('copy', shifted(whole, first), piece, rows, size, width, size);
  return piece;
}

const putIn = (build: Builder, { rows, width, first, size }: Columns, piece: Place, whole: Place, add = false) =>
  build.emit(add ? 'accumulate' : 'copy', piece, shifted(whole, first), rows, size, size, width);

/** A convolution of a group's channels alone, and where its numbers stand among those of all. */
interface Group {
  readonly c: Convolution;
  readonly x: Columns;
  readonly kernel: Columns;
  readonly z: Columns;
}

/** Groups are brought together, as every convolution is of whole pixels; that costs little beside the products. */
function groupsOf(c: Convolution): readonly Group[] {
  const size = c.channels / c.groups;
  const filters = c.filters / c.groups;
  const own = { ...c, channels: size, filters, groups: 1 };
  return upTo(c.groups).map((group) => ({
    c: own,
    x: { rows: c.images * c.rows.size * c.columns.size, width: c.channels, first: group * size, size },
    kernel: { rows: c.rows.kernel * c.columns.kernel * size, width: c.filters, first: group * filters, size: filters },
    z: { rows: c.images * c.rows.out * c.columns.out, width: c.filters, first: group * filters, size: filters },
  }));
}

export function emitForward(build: Builder, c: Convolution, x: Place, kernel: Place, bias: Place | null, z: Place, relu: boolean) {
  if (areSmall(c)) return groupedForward(build, c, x, kernel, bias, z, relu ? 'relu' : null);
  if (c.groups > 1) {
    for (const group of groupsOf(c)) {
      const own = build.passing(group.z.rows * group.z.size);
      const [seen, weights] = [takeOut(build, group.x, x), takeOut(build, group.kernel, kernel)];
      emitForward(build, group.c, seen, weights, bias && shifted(bias, group.z.first), own, relu);
      putIn(build, group.z, own, z);
    }
    return;
  }
  const { channels, filters } = c;
  const winograd = winogradOf(c);
  if (winograd) {
    const strides = { tap: channels * filters, input: filters, output: 1, turned: false };
    convolve(build, winograd.there, x, kernel, strides, z, { bias, relu });
    return;
  }
  const taps = upTo(c.rows.kernel * c.columns.kernel).map((tap) => tap * channels * filters);
  const packed = pack(build, { from: kernel, taps, depth: channels, depthStride: filters, columns: filters, columnStride: 1 });
  tiles(build, windowsOf(c, x), packed, filters, outputsOf(c, z), { bias, relu });
}

export function emitKernelGradient(build: Builder, c: Convolution, x: Place, dz: Place, to: Place): void {
  if (areSmall(c)) return groupedKernelGradient(build, c, x, dz, to);
  if (c.groups > 1) {
    for (const group of groupsOf(c)) {
      const own = build.passing(group.kernel.rows * group.kernel.size);
      emitKernelGradient(build, group.c, takeOut(build, group.x, x), takeOut(build, group.z, dz), own);
      putIn(build, group.kernel, own, to);
    }
    return;
  }
  const winograd = winogradOf(c);
  if (winograd) return kernelGradient(build, winograd.there, x, dz, to);
  outer(build, windowsOf(c, x), outputsOf(c, dz), c.filters, to, c.filters);
}

/** @param ending only whether to add, where there are groups. */
export function emitInputGradient(build: Builder, c: Convolution, dz: Place, kernel: Place, to: Place, ending: Ending): void {
  if (areSmall(c)) return groupedInputGradient(build, c, dz, kernel, to, ending.add ?? false);
  if (c.groups > 1) {
    for (const group of groupsOf(c)) {
      const own = build.passing(group.x.rows * group.x.size);
      emitInputGradient(build, group.c, takeOut(build, group.z, dz), takeOut(build, group.kernel, kernel), own, {});
      putIn(build, group.x, own, to, ending.add);
    }
    return;
  }
  const winograd = winogradOf(c);
  if (!winograd) return spreadBack(build, c, dz, kernel, to, ending);
  const strides = { tap: c.channels * c.filters, input: 1, output: c.filters, turned: true };
  convolve(build, winograd.back, dz, kernel, strides, to, ending);
}

function compile(unit: NativeUnit, build: Builder): readonly Value[] | null {
  const [x] = unit.inputs;
  const { kernel, bias } = unit.weights;
  const c = convolutionOf(unit);
  if (!x || !kernel || !c) return null;
  if (c.groups > 1 && c.groups === c.channels) return compileDepthwise(unit, build, kernel, bias);
  const z = build.value(unit, withBatch(unit.layer, c.images));
  const activation = fused(unit.layer.params.activation);
  emitForward(build, c, x.place, kernel.place, bias?.place ?? null, z.place, activation.relu);
  if (activation.relu) build.readsBack(z);
  build.onBackward(() => {
    const dz = build.gradientOf(z);
    if (!dz) return;
    if (activation.relu) build.emit('relu_gradient', z.place, dz, sizeOf(z.shape));
    if (kernel.gradient) emitKernelGradient(build, c, x.place, dz, kernel.gradient);
    if (bias?.gradient) columnSums(build, dz, sizeOf(z.shape) / c.filters, c.filters, bias.gradient);
    build.addGradient(x, (to, add) => emitInputGradient(build, c, dz, kernel.place, to, { add }));
  });
  return [throughActivation(unit, build, z, activation.rest)];
}

export const conv2d: UnitCompiler = { types: ['conv1d', 'conv2d'], compile };
