import type { Padding } from '@/core/params';
import { axisWindow, type AxisWindow } from '@/layers/shared/windows';
import type { NativeUnit } from './builder';
import type { Grid } from './product';
import type { Place } from './region';
import type { Windows } from './windows';

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

/** What the filters see of the images; of one group. */
export function windowsOf(c: Convolution, from: Place): Windows {
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
