import type { Padding } from '@/core/params';
import { axisWindow, type AxisWindow } from '@/layers/shared/windows';
import { fused, throughActivation } from '../activation';
import { type Builder, type NativeUnit, sizeOf, type UnitCompiler, type Value } from '../builder';
import { columnSums, type Grid, outer, pack, shifted, tiles } from '../product';
import type { Place } from '../region';
import type { Windows } from '../windows';

/** A convolution's numbers; one axis is an image one row high. */
interface Convolution {
  readonly images: number;
  readonly rows: AxisWindow;
  readonly columns: AxisWindow;
  readonly channels: number;
  readonly filters: number;
  readonly groups: number;
}

const ONE_ROW: AxisWindow = {
  size: 1, kernel: 1, stride: 1, dilation: 1, before: 0, after: 0, ceil: false, out: 1, dropped: 0, unseen: 0,
};

function convolutionOf({ layer, inputs: [x] }: NativeUnit): Convolution | null {
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

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/** What the filters of a group see of the images. */
function windowsOf(c: Convolution, from: Place, group: number): Windows {
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

const outputsOf = (c: Convolution, place: Place): Grid => ({
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

/**
 * The gradient of the images: for each place of an input within a stride a convolution of dz at stride 1 with those
 * taps that meet it, so that no product with an inserted zero is taken.
 * Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", §4.
 */
export function spreadBack(build: Builder, c: Convolution, dz: Place, kernel: Place, dx: Place, add: boolean): void {
  const phases = upTo(c.rows.stride).flatMap((row) => upTo(c.columns.stride).map((column) => ({ row, column })));
  const parts = phases.flatMap(({ row, column }) => {
    const [rows, columns] = [meetings(c.rows, row), meetings(c.columns, column)];
    const [height, width] = [countOf(c.rows, row), countOf(c.columns, column)];
    return height > 0 && width > 0 ? [{ row, column, rows, columns, height, width }] : [];
  });
  const size = c.channels / c.groups;
  const filters = c.filters / c.groups;
  const isMet = parts.every(({ rows, columns }) => rows.length > 0 && columns.length > 0);
  if (!add && !isMet) build.emit('fill', dx, c.images * c.rows.size * c.columns.size * c.channels, { float: 0 });
  for (const { row, column, rows, columns, height, width } of parts) {
    const [firstRow, firstColumn] = [rows[0]?.output, columns[0]?.output];
    if (firstRow === undefined || firstColumn === undefined) continue;
    for (const group of upTo(c.groups)) {
      const windows: Windows = {
        from: dz, images: c.images, height: c.rows.out, width: c.columns.out, channels: c.filters,
        top: -firstRow, left: -firstColumn, rows: height, columns: width, rowStep: 1, columnStep: 1,
        rowTaps: rows.map(({ output }) => output - firstRow),
        columnTaps: columns.map(({ output }) => output - firstColumn),
        group: { first: group * filters, size: filters },
      };
      const packed = pack(build, {
        from: shifted(kernel, group * filters),
        taps: rows.flatMap((r) => columns.map((k) => (r.tap * c.columns.kernel + k.tap) * size * c.filters)),
        depth: filters,
        depthStride: 1,
        columns: size,
        columnStride: c.filters,
      });
      const line = c.columns.size * c.channels;
      tiles(build, windows, packed, size, {
        at: shifted(dx, row * line + column * c.channels + group * size),
        image: c.rows.size * line,
        row: c.rows.stride * line,
        column: c.columns.stride * c.channels,
      }, { add });
    }
  }
}

function compile(unit: NativeUnit, build: Builder): readonly Value[] | null {
  const [x] = unit.inputs;
  const { kernel, bias } = unit.weights;
  const c = convolutionOf(unit);
  if (!x || !kernel || !c) return null;
  const [size, filters] = [c.channels / c.groups, c.filters / c.groups];
  const taps = upTo(c.rows.kernel * c.columns.kernel).map((tap) => tap * size * c.filters);
  const z = build.value(unit, [c.images, ...unit.layer.outputs[0]!.slice(1).map(Number)]);
  const activation = fused(unit.layer.params.activation);
  const outputs = outputsOf(c, z.place);
  for (const group of upTo(c.groups)) {
    const packed = pack(build, {
      from: shifted(kernel.place, group * filters),
      taps,
      depth: size,
      depthStride: c.filters,
      columns: filters,
      columnStride: 1,
    });
    tiles(build, windowsOf(c, x.place, group), packed, filters, { ...outputs, at: shifted(z.place, group * filters) }, {
      bias: bias ? shifted(bias.place, group * filters) : null,
      relu: activation.relu,
    });
  }
  if (activation.relu) build.readsBack(z);
  build.onBackward(() => {
    const dz = build.gradientOf(z);
    if (!dz) return;
    if (activation.relu) build.emit('relu_gradient', z.place, dz, sizeOf(z.shape));
    if (kernel.gradient) {
      for (const group of upTo(c.groups)) {
        const from = { ...outputs, at: shifted(dz, group * filters) };
        outer(build, windowsOf(c, x.place, group), from, filters, shifted(kernel.gradient, group * filters), c.filters);
      }
    }
    if (bias?.gradient) columnSums(build, dz, sizeOf(z.shape) / c.filters, c.filters, bias.gradient);
    build.addGradient(x, (to, add) => spreadBack(build, c, dz, kernel.place, to, add));
  });
  return [throughActivation(unit, build, z, activation.rest)];
}

export const conv2d: UnitCompiler = { types: ['conv1d', 'conv2d'], compile };
