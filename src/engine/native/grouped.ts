import type { Bound } from './activation';
import type { Builder } from './builder';
import { type Convolution, outputsOf, type Phase, phasesOf, upTo, windowsOf } from './convolution';
import { type Ending, endingWords, PARTS, phaseWords, tapWords } from './phases';
import type { Grid } from './product';
import type { Place } from './region';

/** Channels of a group: up to so many, kernels that know of groups are faster than a product for each. */
const MOST = 8;

/** Whether groups are small, and whole vectors. */
export function areSmall({ channels, filters, groups }: Convolution): boolean {
  const sizes = [channels / groups, filters / groups];
  return groups > 1 && sizes.every((size) => size % 4 === 0 && size <= MOST);
}

/** How a convolution's weights stand, [taps, inputs, filters], for sums over inputs and for sums over filters. */
interface Strides {
  readonly inputs: number;
  readonly outputs: number;
  readonly group: number;
  readonly input: number;
  readonly output: number;
}

function convolve(
  build: Builder, c: Convolution, phases: readonly Phase[], x: Place, weights: Place, s: Strides, to: Grid, ending: Ending,
): void {
  const unit = s.inputs / 4;
  const { words, scratch, together, taps } = phaseWords(phases, x, (c.channels / c.groups) * c.filters, unit);
  build.needScratch(scratch + 4 * taps * together * s.outputs);
  build.emit(
    'grouped', ...words, weights, s.inputs, s.outputs, s.group, s.input, s.output, ...endingWords(to, ending),
  );
}

export function groupedForward(build: Builder, c: Convolution, x: Place, weights: Place, bias: Place | null, z: Place, bound: Bound | null): void {
  const [inputs, outputs] = [c.channels / c.groups, c.filters / c.groups];
  const to = outputsOf(c, z);
  const phase: Phase = { windows: windowsOf(c, x), taps: upTo(c.rows.kernel * c.columns.kernel), to: { ...to, first: 0 } };
  const strides = { inputs, outputs, group: outputs, input: c.filters, output: 1 };
  convolve(build, c, [phase], x, weights, strides, to, { bias, bound });
}

export function groupedInputGradient(build: Builder, c: Convolution, dz: Place, weights: Place, dx: Place, add: boolean): void {
  const [inputs, outputs] = [c.filters / c.groups, c.channels / c.groups];
  const phases = phasesOf(c);
  const [first] = phases;
  const strides = { inputs, outputs, group: inputs, input: 1, output: c.filters };
  if (first) convolve(build, c, phases, dz, weights, strides, { ...first.to, at: dx }, { add });
}

export function groupedKernelGradient(build: Builder, c: Convolution, x: Place, dz: Place, to: Place): void {
  const [inputs, outputs] = [c.channels / c.groups, c.filters / c.groups];
  const { words, scratch, taps } = tapWords(windowsOf(c, x), inputs / 4);
  build.needScratch(scratch);
  const parts = Math.min(PARTS, c.images);
  const count = taps * inputs * c.filters;
  const sums = parts > 1 ? build.passing(parts * count) : to;
  build.emit('grouped_gradient', ...words, dz, inputs, outputs, sums, parts);
  if (parts > 1) build.emit('sum_parts', sums, to, count, parts, count);
}
