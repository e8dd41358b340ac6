import { fused, throughActivation } from '../activation';
import { withBatch } from '../assemble';
import { type BoundWeight, type Builder, type NativeUnit, sizeOf, type UnitCompiler, type Value } from '../builder';
import { depthwise, depthwiseInputGradient, depthwiseKernelGradient } from '../depthwise';
import { columnSums, type Ending } from '../product';
import type { Place } from '../region';
import {
  type Convolution, convolutionOf, emitForward, emitInputGradient, emitKernelGradient, ONE_ROW,
} from './conv2d';

/** A convolution that mixes no channels, with its way back. */
interface Depthwise {
  readonly c: Convolution;
  emitForward(to: Place, ending: Ending): void;
  /** Given the outputs' gradient. */
  emitBackward(dz: Place): void;
}

/** Each channel as often as it has kernels, side by side; kernels [taps, channels, multiplier] are then one a channel. */
function depthwiseOf(unit: NativeUnit, build: Builder, x: Value, kernel: BoundWeight): Depthwise | null {
  const found = convolutionOf(unit);
  if (!found) return null;
  const times = kernel.shape.at(-1) ?? 1;
  const channels = found.channels * times;
  const c: Convolution = { ...found, channels, filters: channels, groups: 1 };
  const count = sizeOf(x.shape);
  const repeated = times === 1 ? x.place : build.passing(count * times);
  return {
    c,
    emitForward: (to, ending) => {
      if (times > 1) build.emit('repeat', x.place, repeated, count, times);
      depthwise(build, c, repeated, kernel.place, to, ending);
    },
    emitBackward: (dz) => {
      if (kernel.gradient) depthwiseKernelGradient(build, c, repeated, dz, kernel.gradient);
      build.addGradient(x, (to, add) => {
        if (times === 1) return depthwiseInputGradient(build, c, dz, kernel.place, to, add);
        const share = build.passing(count * times);
        depthwiseInputGradient(build, c, dz, kernel.place, share, false);
        build.emit('sum_repeats', share, to, count, times, Number(add));
      });
    },
  };
}

function compileDepthwise(unit: NativeUnit, build: Builder): readonly Value[] | null {
  const [x] = unit.inputs;
  const { depthwiseKernel: kernel, bias } = unit.weights;
  if (!x || !kernel) return null;
  const own = depthwiseOf(unit, build, x, kernel);
  if (!own) return null;
  const { channels, images } = own.c;
  const z = build.value(unit, withBatch(unit.layer, images));
  const { relu, rest } = fused(unit.layer.params.activation);
  own.emitForward(z.place, { bias: bias?.place, relu });
  if (kernel.gradient) build.readsBack(x);
  if (relu) build.readsBack(z);
  build.onBackward(() => {
    const dz = build.gradientOf(z);
    if (!dz) return;
    if (relu) build.emit('relu_gradient', z.place, dz, sizeOf(z.shape));
    if (bias?.gradient) columnSums(build, dz, sizeOf(z.shape) / channels, channels, bias.gradient);
    own.emitBackward(dz);
  });
  return [throughActivation(unit, build, z, rest)];
}

/** A depthwise convolution, then a product of each pixel's channels. */
function compileSeparable(unit: NativeUnit, build: Builder): readonly Value[] | null {
  const [x] = unit.inputs;
  const { depthwiseKernel, pointwiseKernel, bias } = unit.weights;
  if (!x || !depthwiseKernel || !pointwiseKernel) return null;
  const own = depthwiseOf(unit, build, x, depthwiseKernel);
  if (!own) return null;
  const { images, rows, columns, channels } = own.c;
  const filters = Number(unit.layer.params.filters);
  const mixing: Convolution = {
    images,
    rows: { ...ONE_ROW, size: rows.out, out: rows.out },
    columns: { ...ONE_ROW, size: columns.out, out: columns.out },
    channels,
    filters,
    groups: 1,
  };
  const floats = images * rows.out * columns.out * channels;
  const maps = build.passing(floats);
  const z = build.value(unit, withBatch(unit.layer, images));
  const { relu, rest } = fused(unit.layer.params.activation);
  own.emitForward(maps, {});
  emitForward(build, mixing, maps, pointwiseKernel.place, bias?.place ?? null, z.place, relu);
  if (depthwiseKernel.gradient) build.readsBack(x);
  if (relu) build.readsBack(z);
  build.onBackward(() => {
    const dz = build.gradientOf(z);
    if (!dz) return;
    if (relu) build.emit('relu_gradient', z.place, dz, sizeOf(z.shape));
    if (bias?.gradient) columnSums(build, dz, sizeOf(z.shape) / filters, filters, bias.gradient);
    if (pointwiseKernel.gradient) emitKernelGradient(build, mixing, maps, dz, pointwiseKernel.gradient);
    if (!depthwiseKernel.gradient && !x.slope.needed) return;
    const slope = build.passing(floats);
    emitInputGradient(build, mixing, dz, pointwiseKernel.place, slope, {});
    own.emitBackward(slope);
  });
  return [throughActivation(unit, build, z, rest)];
}

export const depthwiseConv: UnitCompiler = { types: ['depthwiseConv1d', 'depthwiseConv2d'], compile: compileDepthwise };
export const separableConv: UnitCompiler = { types: ['separableConv1d', 'separableConv2d'], compile: compileSeparable };
