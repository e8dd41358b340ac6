import type { Padding } from '@/core/params';
import { axisWindow, type AxisWindow } from '@/layers/shared/windows';
import { withBatch } from '../assemble';
import { fused, throughActivation } from '../activation';
import { type Builder, type NativeUnit, sizeOf, type UnitCompiler, type Value } from '../builder';
import { columnSums, type Ending, type Grid, outer, pack, shifted, tiles } from '../product';
import type { Place } from '../region';
import { convolve, kernelGradient, suits, type Winograd } from '../winograd';
import type { Windows } from '../windows';

/** A convolution's numbers; one axis is an image one row high. */
export interface Convolution {
  readonly images: number;
  readonly rows: AxisWindow;
  readonly columns: AxisWindow;
  readonly channels: number;
  readonly filters: number;
  readonly groups: number;
}

export const ONE_ROW: AxisWindow = {
  size: 1, kernel: 1, stride: 1, dilation: 1, before: 0, after: 0, ceil: false, out: 1, dropped: 0, unseen: 0,
};

export function convolutionOf({ layer, inputs: [x] }: NativeUnit): Convolution | null {
  const { params } = layer;
  if (!x) return null;
  const window = {
    kernel: params.kernel as readonly number[],
    stride: params.stride as readonly number[],
    dilation: params.dilation as readonly number[],
    padding: params.padding as Padding,
  };
  const axes = window.kernel.map((_, axis) => axisWindow(x.shape[axis + 1] ?? 1, window, axis));
  const [rows, columns] = axes.length === 1 ? [ONE_ROW, axes[0]] : axes;
  if (!rows || !columns || axes.length > 2) return null;
  return {
    images: x.shape[0] ?? 1,
    rows,
    columns,
    channels: x.shape.at(-1) ?? 1,
    filters: Number(params.filters),
    groups: Number(params.groups ?? 1),
  };
}

export const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/** What the filters of a group see of the images. */
export function windowsOf(c: Convolution, from: Place, group: number): Windows {
  const size = c.channels / c.groups;
  return {
    from,
    images: c.images,
    height: c.rows.size,
    width: c.columns.size,
    channels: c.channels,
    top: c.rows.before,
    left: c.columns.before,
    rows: c.rows.out,
    columns: c.columns.out,
    rowStep: c.rows.stride,
    columnStep: c.columns.stride,
    rowTaps: upTo(c.rows.kernel).map((tap) => tap * c.rows.dilation),
    columnTaps: upTo(c.columns.kernel).map((tap) => tap * c.columns.dilation),
    group: { first: group * size, size },
  };
}

export const outputsOf = (c: Convolution, place: Place): Grid => ({
  at: place,
  image: c.rows.out * c.columns.out * c.filters,
  row: c.columns.out * c.filters,
  column: c.filters,
});

/**
 * The taps that inputs at `phase`, `phase + stride`, … meet, in the order of the outputs they come from: input h and
 * tap k meet in output (h + before − k·dilation)/stride. Output of the first input, less its number, by tap.
 */
function meetings({ kernel, stride, dilation, before }: AxisWindow, phase: number) {
  return upTo(kernel)
    .flatMap((tap) => {
      const from = phase + before - tap * dilation;
      return from % stride === 0 ? [{ tap, output: from / stride }] : [];
    })
    .sort((a, b) => a.output - b.output);
}

/** Inputs at `phase`, `phase + stride`, …. */
const countOf = ({ size, stride }: AxisWindow, phase: number) => Math.ceil((size - phase) / stride);

/** A convolution at stride 1 over the gradient of the outputs that gives the inputs at one place within a stride. */
export interface Phase {
  /** With all filters as one group. */
  readonly windows: Omit<Windows, 'from'>;
  /** Which tap of the kernel each of the windows' is. */
  readonly taps: readonly number[];
  /** Where in the images its results stand. */
  readonly to: Omit<Grid, 'at'> & { readonly first: number };
}

/**
 * The gradient of the images: for each place of an input within a stride a convolution of dz at stride 1 with those
 * taps that meet it, so that no product with an inserted zero is taken; where none does, one without taps.
 * Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", §4.
 */
export function phasesOf(c: Convolution): readonly Phase[] {
  const line = c.columns.size * c.channels;
  return upTo(Math.min(c.rows.stride, c.rows.size)).flatMap((row) =>
    upTo(Math.min(c.columns.stride, c.columns.size)).map((column): Phase => {
      const met = { rows: meetings(c.rows, row), columns: meetings(c.columns, column) };
      const isMet = met.rows.length > 0 && met.columns.length > 0;
      const [rows, columns] = isMet ? [met.rows, met.columns] : [[], []];
      const [firstRow, firstColumn] = [rows[0]?.output ?? 0, columns[0]?.output ?? 0];
      return {
        windows: {
          images: c.images, height: c.rows.out, width: c.columns.out, channels: c.filters, top: -firstRow,
          left: -firstColumn, rows: countOf(c.rows, row), columns: countOf(c.columns, column), rowStep: 1, columnStep: 1,
          rowTaps: rows.map(({ output }) => output - firstRow),
          columnTaps: columns.map(({ output }) => output - firstColumn),
          group: { first: 0, size: c.filters },
        },
        taps: rows.flatMap((r) => columns.map((k) => r.tap * c.columns.kernel + k.tap)),
        to: {
          first: row * line + column * c.channels,
          image: c.rows.size * line,
          row: c.rows.stride * line,
          column: c.columns.stride * c.channels,
        },
      };
    }),
  );
}

export function spreadBack(build: Builder, c: Convolution, dz: Place, kernel: Place, dx: Place, ending: Ending): void {
  const size = c.channels / c.groups;
  const filters = c.filters / c.groups;
  for (const { windows, taps, to } of phasesOf(c)) {
    if (taps.length === 0 && ending.add) continue;
    const { first, ...strides } = to;
    for (const group of upTo(c.groups)) {
      const packed = pack(build, {
        from: shifted(kernel, group * filters),
        taps: taps.map((tap) => tap * size * c.filters),
        depth: filters,
        depthStride: 1,
        columns: size,
        columnStride: c.filters,
      });
      const seen = { ...windows, from: dz, group: { first: group * filters, size: filters } };
      tiles(build, seen, packed, size, { ...strides, at: shifted(dx, first + group * size) }, ending);
    }
  }
}

const isUnit = ({ kernel, stride, dilation }: AxisWindow) => kernel === 3 && stride === 1 && dilation === 1;

/** The same by Winograd's way, there and back, where that is faster; `null` where it is not. */
function winogradOf(c: Convolution): { readonly there: Winograd; readonly back: Winograd } | null {
  const { images, rows, columns, channels, filters } = c;
  if (c.groups > 1 || !isUnit(rows) || !isUnit(columns)) return null;
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

export function emitForward(build: Builder, c: Convolution, x: Place, kernel: Place, bias: Place | null, z: Place, relu: boolean) {
  const { channels, filters: all } = c;
  const winograd = winogradOf(c);
  if (winograd) {
    const strides = { tap: channels * all, input: all, output: 1, turned: false };
    convolve(build, winograd.there, x, kernel, strides, z, { bias, relu });
    return;
  }
  const [size, filters] = [channels / c.groups, all / c.groups];
  const taps = upTo(c.rows.kernel * c.columns.kernel).map((tap) => tap * size * all);
  for (const group of upTo(c.groups)) {
    const first = group * filters;
    const packed = pack(build, {
      from: shifted(kernel, first), taps, depth: size, depthStride: all, columns: filters, columnStride: 1,
    });
    const to = { ...outputsOf(c, z), at: shifted(z, first) };
    tiles(build, windowsOf(c, x, group), packed, filters, to, { bias: bias && shifted(bias, first), relu });
  }
}

export function emitKernelGradient(build: Builder, c: Convolution, x: Place, dz: Place, to: Place): void {
  const winograd = winogradOf(c);
  if (winograd) {
    kernelGradient(build, winograd.there, x, dz, to);
    return;
  }
  const filters = c.filters / c.groups;
  for (const group of upTo(c.groups)) {
    const from = { ...outputsOf(c, dz), at: shifted(dz, group * filters) };
    outer(build, windowsOf(c, x, group), from, filters, shifted(to, group * filters), c.filters);
  }
}

export function emitInputGradient(build: Builder, c: Convolution, dz: Place, kernel: Place, to: Place, ending: Ending): void {
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
