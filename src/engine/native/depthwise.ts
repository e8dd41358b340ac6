import { bounded, emitSlope, throughActivation } from './activation';
import { withBatch } from './assemble';
import { type BoundWeight, type Builder, type NativeUnit, sizeOf, type Value } from './builder';
import { type Convolution, convolutionOf, outputsOf, type Phase, phasesOf, upTo, windowsOf } from './convolution';
import { columnSums, type Grid } from './product';
import type { Place } from './region';
import { type Ending, endingWords, PARTS, phaseWords, tapWords } from './phases';

/** @param weights [taps, channels] */
function convolve(build: Builder, phases: readonly Phase[], x: Place, weights: Place, to: Grid, ending: Ending): void {
  const [first] = phases;
  if (!first) return;
  const { words, scratch, together, taps } = phaseWords(phases, x, first.windows.channels);
  build.needScratch(scratch + 4 * taps * together);
  build.emit('depthwise', ...words, weights, ...endingWords(to, ending));
}

/** Channel by channel: z = windows · weights, [taps, channels]. */
function emitForward(build: Builder, c: Convolution, x: Place, weights: Place, z: Place, ending: Ending): void {
  const to = outputsOf(c, z);
  const taps = upTo(c.rows.kernel * c.columns.kernel);
  convolve(build, [{ windows: windowsOf(c, x), taps, to: { ...to, first: 0 } }], x, weights, to, ending);
}

function emitKernelGradient(build: Builder, c: Convolution, x: Place, dz: Place, to: Place): void {
  const { words, scratch, taps } = tapWords(windowsOf(c, x));
  build.needScratch(scratch);
  const parts = Math.min(PARTS, c.images);
  const count = taps * c.channels;
  const sums = parts > 1 ? build.passing(parts * count) : to;
  build.emit('depthwise_gradient', ...words, dz, sums, parts);
  if (parts > 1) build.emit('sum_parts', sums, to, count, parts, count);
}

function emitInputGradient(build: Builder, c: Convolution, dz: Place, weights: Place, dx: Place, add: boolean): void {
  const phases = phasesOf(c);
  const [first] = phases;
  if (first) convolve(build, phases, dz, weights, { ...first.to, at: dx }, { add });
}

/** A convolution that mixes no channels, with its way back. */
interface Depthwise {
  readonly c: Convolution;
  emitForward(to: Place, ending: Ending): void;
  /** Given the outputs' gradient. */
  emitBackward(dz: Place): void;
}

/**
 * Each channel as often as it has kernels, side by side; kernels [taps, channels, multiplier], or of as many groups as
 * there are channels [taps, 1, filters], are then one a channel.
 */
export function depthwiseOf(unit: NativeUnit, build: Builder, x: Value, kernel: BoundWeight): Depthwise | null {
  const found = convolutionOf(unit);
  if (!found) return null;
  const channels = sizeOf(kernel.shape) / (found.rows.kernel * found.columns.kernel);
  const times = channels / found.channels;
  const c: Convolution = { ...found, channels, filters: channels, groups: 1 };
  const count = sizeOf(x.shape);
  const repeated = times === 1 ? x.place : build.passing(count * times);
  return {
    c,
    emitForward: (to, ending) => {
      if (times > 1) build.emit('repeat', x.place, repeated, count, times);
      emitForward(build, c, repeated, kernel.place, to, ending);
    },
    emitBackward: (dz) => {
      if (kernel.gradient) emitKernelGradient(build, c, repeated, dz, kernel.gradient);
      build.addGradient(x, (to, add) => {
        if (times === 1) return emitInputGradient(build, c, dz, kernel.place, to, add);
        const share = build.passing(count * times);
        emitInputGradient(build, c, dz, kernel.place, share, false);
        build.emit('sum_repeats', share, to, count, times, Number(add));
      });
    },
  };
}

/** A convolution that mixes no channels, together with a ReLU that alone follows it. */
export function compileDepthwise(
  given: NativeUnit,
  build: Builder,
  kernel: BoundWeight,
  bias: BoundWeight | undefined,
): readonly Value[] | null {
  const [x] = given.inputs;
  const own = x && depthwiseOf(given, build, x, kernel);
  if (!own) return null;
  const { unit, bound, rest } = bounded(given, build);
  const { channels, images } = own.c;
  const z = build.value(unit, withBatch(unit.layer, images));
  own.emitForward(z.place, { bias: bias?.place, bound });
  if (kernel.gradient) build.readsBack(x);
  if (bound) build.readsBack(z);
  build.onBackward(() => {
    const dz = build.gradientOf(z);
    if (!dz) return;
    if (bound) emitSlope(build, { kind: bound }, z.place, dz, sizeOf(z.shape));
    if (bias?.gradient) columnSums(build, dz, sizeOf(z.shape) / channels, channels, bias.gradient);
    own.emitBackward(dz);
  });
  return [throughActivation(unit, build, z, rest)];
}
