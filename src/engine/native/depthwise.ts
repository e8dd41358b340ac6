import type { Builder } from './builder';
import { type Ending, type Grid, shifted } from './product';
import type { Place } from './region';
import { type Convolution, outputsOf, phasesOf, upTo, windowsOf } from './units/conv2d';
import { type Windows, windowWords } from './windows';

/** Kernels read whole vectors of channels, past the last of a strip too. */
const PAST = 4;

/** Parts of a sum over images, fixed whatever the number of threads. */
const PARTS = 8;

/** Taps in a row of windows one pixel apart, where kernels know such a number and they lie side by side; else 1. */
function besideIn({ columnTaps, columnStep }: Pick<Windows, 'columnTaps' | 'columnStep'>): number {
  const { length } = columnTaps;
  return columnStep === 1 && (length === 3 || length === 5) && columnTaps.every((tap, i) => tap === i) ? length : 1;
}

/** @param taps which row of `weights`, [taps, channels], each tap of the windows takes. */
function convolve(build: Builder, windows: Windows, taps: readonly number[], weights: Place, to: Grid, ending: Ending): void {
  const { words, scratch, taps: offsets } = windowWords(windows);
  build.needScratch(scratch + PAST);
  const { bias = null, add = false, relu = false } = ending;
  build.emit(
    'depthwise', ...words, offsets.length, { ints: offsets }, { ints: taps.map((tap) => tap * windows.channels) }, weights,
    bias ?? 0, to.at, to.image, to.row, to.column, Number(add), Number(relu), besideIn(windows),
  );
}

/** Channel by channel: z = windows · weights, [taps, channels]. */
export function depthwise(build: Builder, c: Convolution, x: Place, weights: Place, z: Place, ending: Ending): void {
  convolve(build, windowsOf(c, x, 0), upTo(c.rows.kernel * c.columns.kernel), weights, outputsOf(c, z), ending);
}

export function depthwiseKernelGradient(build: Builder, c: Convolution, x: Place, dz: Place, to: Place): void {
  const windows = windowsOf(c, x, 0);
  const { words, scratch, taps } = windowWords(windows);
  build.needScratch(scratch + PAST);
  const parts = Math.min(PARTS, c.images);
  const floats = taps.length * c.channels;
  const sums = parts > 1 ? build.passing(parts * floats) : to;
  build.emit('depthwise_gradient', ...words, taps.length, { ints: taps }, dz, sums, parts, besideIn(windows));
  if (parts > 1) build.emit('sum_parts', sums, to, floats, parts, floats);
}

export function depthwiseInputGradient(
  build: Builder,
  c: Convolution,
  dz: Place,
  weights: Place,
  dx: Place,
  add: boolean,
): void {
  for (const { windows, taps, to } of phasesOf(c)) {
    if (taps.length === 0 && add) continue;
    const { first, ...strides } = to;
    convolve(build, { ...windows, from: dz }, taps, weights, { ...strides, at: shifted(dx, first) }, { add });
  }
}
