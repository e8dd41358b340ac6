import type { Builder } from './builder';
import type { Ending, Grid } from './product';
import type { Place } from './region';
import { type Slices, sliceWords } from './slices';
import { type Convolution, outputsOf, type Phase, phasesOf, upTo, windowsOf } from './units/conv2d';

/** Parts of a sum over images, fixed whatever the number of threads. */
const PARTS = 8;

/** Phases as `depthwise` takes them: windows over the same rows, from the first row that any of them sees. */
function phaseNumbers(phases: readonly Phase[], channels: number, top: number, left: number): readonly number[] {
  return phases.flatMap(({ windows, taps, to }) => [
    windows.rows, windows.columns, to.first, windows.rowTaps.length, windows.columnTaps.length,
    ...windows.rowTaps.map((tap) => tap - windows.top + top),
    ...windows.columnTaps.map((tap) => tap - windows.left + left),
    ...taps.map((tap) => tap * channels),
  ]);
}

const last = (values: readonly number[]): number => Math.max(-1, ...values) + 1;

/** @param weights [taps, channels] */
function convolve(build: Builder, phases: readonly Phase[], x: Place, weights: Place, to: Grid, ending: Ending): void {
  const [first] = phases;
  if (!first) return;
  const { images, height, width, channels, rowStep, columnStep } = first.windows;
  const each = phases.map(({ windows }) => windows);
  const top = Math.max(...each.map((w) => w.top));
  const left = Math.max(...each.map((w) => w.left));
  const slices: Slices = {
    from: x, images, height, width, channels, top, left, rowStep,
    rows: Math.max(...each.map(({ rows }) => rows)),
    span: Math.max(1, ...each.map((w) => last(w.rowTaps) - w.top + top)),
    pitch: Math.max(1, ...each.map((w) => (w.columns - 1) * columnStep + last(w.columnTaps) - w.left + left)),
  };
  const { words, floats, together } = sliceWords(slices);
  const taps = phases.reduce((sum, phase) => sum + phase.taps.length, 0);
  const list = Math.max(...phases.map((phase) => phase.taps.length));
  build.needScratch(floats + 4 * taps * together + list);
  const { bias = null, add = false, relu = false } = ending;
  build.emit(
    'depthwise', ...words, columnStep, phases.length, { ints: phaseNumbers(phases, channels, top, left) }, weights,
    bias ?? 0, to.at, to.image, to.row, to.column, Number(add), { float: relu ? 0 : -Infinity }, { float: Infinity },
  );
}

/** Channel by channel: z = windows · weights, [taps, channels]. */
export function depthwise(build: Builder, c: Convolution, x: Place, weights: Place, z: Place, ending: Ending): void {
  const to = outputsOf(c, z);
  const taps = upTo(c.rows.kernel * c.columns.kernel);
  convolve(build, [{ windows: windowsOf(c, x, 0), taps, to: { ...to, first: 0 } }], x, weights, to, ending);
}

export function depthwiseKernelGradient(build: Builder, c: Convolution, x: Place, dz: Place, to: Place): void {
  const { columns, rowTaps, columnTaps, columnStep, ...windows } = windowsOf(c, x, 0);
  const slices: Slices = { ...windows, span: last(rowTaps), pitch: (columns - 1) * columnStep + last(columnTaps) };
  const { words, floats } = sliceWords(slices);
  const taps = rowTaps.length * columnTaps.length;
  build.needScratch(floats + 2 * taps);
  const parts = Math.min(PARTS, c.images);
  const count = taps * c.channels;
  const sums = parts > 1 ? build.passing(parts * count) : to;
  build.emit(
    'depthwise_gradient', ...words, columns, columnStep, rowTaps.length, columnTaps.length,
    { ints: [...rowTaps, ...columnTaps] }, dz, sums, parts,
  );
  if (parts > 1) build.emit('sum_parts', sums, to, count, parts, count);
}

export function depthwiseInputGradient(
  build: Builder,
  c: Convolution,
  dz: Place,
  weights: Place,
  dx: Place,
  add: boolean,
): void {
  const phases = phasesOf(c);
  const [first] = phases;
  if (first) convolve(build, phases, dz, weights, { ...first.to, at: dx }, { add });
}
