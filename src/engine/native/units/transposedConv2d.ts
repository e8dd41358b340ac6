import { transposedAxes, type TransposedAxis, type TransposedWindow } from '@/layers/shared/transposed';
import type { AxisWindow } from '@/layers/shared/windows';
import { fused, throughActivation } from '../activation';
import { withBatch } from '../assemble';
import { type Builder, type NativeUnit, sizeOf, type UnitCompiler, type Value } from '../builder';
import { type Convolution, ONE_ROW } from '../convolution';
import { columnSums } from '../product';
import { emitForward, emitInputGradient, emitKernelGradient } from './conv2d';

/** The axis of the convolution that is transposed, which leads from the outputs to the inputs. */
const windowOf = ({ size, kernel, stride, dilation, before, after, out }: TransposedAxis): AxisWindow => ({
  size: out, kernel, stride, dilation, before, after, ceil: false, out: size, dropped: 0, unseen: 0,
});

/**
 * The transpose of a convolution from its outputs to its inputs: computed as that one's gradient of the images, and the
 * other way round.
 */
function compile(unit: NativeUnit, build: Builder): readonly Value[] | null {
  const [x] = unit.inputs;
  const { kernel, bias } = unit.weights;
  const { params } = unit.layer;
  if (!x || !kernel) return null;
  const axes = transposedAxes(x.shape, params as unknown as TransposedWindow).map(windowOf);
  const [rows, columns] = axes.length === 1 ? [ONE_ROW, axes[0]] : axes;
  if (!rows || !columns || axes.length > 2) return null;
  const [images = 1] = x.shape;
  const filters = Number(params.filters);
  const c: Convolution = { images, rows, columns, channels: filters, filters: x.shape.at(-1) ?? 1, groups: 1 };
  const z = build.value(unit, withBatch(unit.layer, images));
  const { relu, rest } = fused(params.activation);
  emitInputGradient(build, c, x.place, kernel.place, z.place, { bias: bias?.place, relu });
  if (kernel.gradient) build.readsBack(x);
  if (relu) build.readsBack(z);
  build.onBackward(() => {
    const dz = build.gradientOf(z);
    if (!dz) return;
    if (relu) build.emit('relu_gradient', z.place, dz, sizeOf(z.shape));
    if (kernel.gradient) emitKernelGradient(build, c, dz, x.place, kernel.gradient);
    if (bias?.gradient) columnSums(build, dz, sizeOf(z.shape) / filters, filters, bias.gradient);
    build.putGradient(x, (to) => emitForward(build, c, dz, kernel.place, null, to, false));
  });
  return [throughActivation(unit, build, z, rest)];
}

export const transposedConv: UnitCompiler = { types: ['transposedConv1d', 'transposedConv2d'], compile };
