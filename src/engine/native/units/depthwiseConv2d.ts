import { fused, throughActivation } from '../activation';
import { withBatch } from '../assemble';
import { type Builder, type NativeUnit, sizeOf, type UnitCompiler, type Value } from '../builder';
import { type Convolution, ONE_ROW } from '../convolution';
import { compileDepthwise, depthwiseOf } from '../depthwise';
import { columnSums } from '../product';
import { emitForward, emitInputGradient, emitKernelGradient } from './conv2d';

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

export const depthwiseConv: UnitCompiler = {
  types: ['depthwiseConv1d', 'depthwiseConv2d'],
  compile: (unit, build) => {
    const { depthwiseKernel, bias } = unit.weights;
    return depthwiseKernel ? compileDepthwise(unit, build, depthwiseKernel, bias) : null;
  },
};
export const separableConv: UnitCompiler = { types: ['separableConv1d', 'separableConv2d'], compile: compileSeparable };
