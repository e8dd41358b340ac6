import type { AnyParams, Padding } from '@/core/params';
import type { Rank, Shape } from '@/core/shape';
import type { LowerContext, StockLayer } from '../define';
import { ownStock } from '../own';
import { activated } from './activations';
import type { ConvolutionValues, KernelValues, SlidingValues } from './kernels';
import { stockRegularizer } from './penalty';
import { zeroPadding } from './stock';
import { axisWindows, reachOf, sidesOf } from './windows';

const someAbove1 = (values: readonly number[]) => Math.max(...values) > 1;
/** tfjs and Keras refuse a stride and a dilation together. */
export const isApart = (p: SlidingValues) => someAbove1(p.stride) && someAbove1(p.dilation);

/**
 * Whether windows leave nothing over: in three dimensions tfjs reckons a negative padding for `same` where they do, as
 * kernels of 1 at a stride of 2 on 4 slices.
 */
const coversAll = (input: Shape, p: SlidingValues) =>
  axisWindows(input, p).every((axis) => (axis.out - 1) * axis.stride + reachOf(axis) >= axis.size);

/** Keeps every n-th row and column: a maximum over windows of one number. */
const everyNth = (stride: readonly number[]): StockLayer => ({
  className: 'MaxPooling2D',
  config: { poolSize: [1, 1], strides: stride, padding: 'valid', dataFormat: 'channelsLast' },
  suffix: 'stride',
});

/** Numbers that are all 0 are `valid`. */
export const simplified = (padding: Padding): Padding =>
  typeof padding !== 'string' && padding.flat().every((n) => n === 0) ? 'valid' : padding;

/** What stock layers with a sliding kernel have in common. */
export const stockSliding = (p: SlidingValues, padding: Padding, strides = p.stride) => ({
  kernelSize: p.kernel,
  strides,
  padding: typeof padding === 'string' ? padding : 'valid',
  dataFormat: 'channelsLast',
  dilationRate: p.dilation,
});

export const stockBias = (p: KernelValues, context: LowerContext) => ({
  useBias: p.bias,
  biasInitializer: context.initializer(p.biasInitializer),
});

/** Names of the weights, the bias last where there is one. */
export const weightNames = (p: KernelValues, ...kernels: readonly string[]): readonly string[] =>
  p.bias ? [...kernels, 'bias'] : kernels;

/** Zero padding in front where numbers ask for it: of the three axes' tfjs has it for images. */
export const paddingFirst = (padding: Padding): readonly StockLayer[] =>
  typeof padding === 'string' ? [] : zeroPadding(padding);

/**
 * A convolution as tfjs has it: with named padding, numbers as a layer in front in two dimensions, and every n-th of
 * all windows where stride and dilation come together. Its own class where it has groups, or where that is not enough.
 */
export function lowerConvolution(
  type: string,
  rank: Rank,
  p: ConvolutionValues,
  context: LowerContext,
): readonly StockLayer[] {
  const names = weightNames(p, 'kernel');
  const padding = simplified(p.padding);
  const apart = isApart(p);
  const input = context.inputs[0] ?? [];
  const isNamed = padding === 'valid' || (padding === 'same' && (rank < 3 || coversAll(input, p)));
  const isStock = p.groups === 1 && (rank === 2 || (isNamed && !apart));
  if (!isStock) return ownStock(type, p as object as AnyParams, names);
  const sides: Padding = apart ? sidesOf(input, p) : padding;
  const [convolution, ...after] = activated(
    {
      className: `Conv${rank}D`,
      config: {
        filters: p.filters,
        ...stockSliding(p, sides, apart ? p.stride.map(() => 1) : p.stride),
        ...stockBias(p, context),
        kernelInitializer: context.initializer(p.initializer),
        kernelRegularizer: stockRegularizer(p),
      },
      weights: names,
    },
    p.activation,
  );
  return [...paddingFirst(sides), convolution, ...(apart ? [everyNth(p.stride)] : []), ...after];
}

