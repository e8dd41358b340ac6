import type { Padding, Pair } from '@/core/params';
import { channels, type Shape } from '@/core/shape';
import { python, pythonCall, sizeArgument, type KerasCode, type TorchCode, type TorchWeight } from '../emit';
import { kerasActivation, torchActivation } from './activations';
import type { ConvolutionValues, KernelValues, SlidingValues } from './kernels';
import { isApart, simplified } from './convolutionStock';
import { kerasRegularizer } from './penalty';
import { sidesOf } from './windows';

const isOne = (values: readonly number[]) => values.every((value) => value === 1);
const isZero = (values: readonly number[]) => values.every((value) => value === 0);

/** A list of sizes where it differs from the framework's 1, one number where axes agree. */
export const unlessOne = (values: readonly number[]) => (isOne(values) ? undefined : sizeArgument(values));
export const unlessZero = (values: readonly number[]) => (isZero(values) ? undefined : sizeArgument(values));

const evenSides = (sides: readonly Pair[]) => sides.every(([before, after]) => before === after);

/** `F.pad(x, (0, 1, 0, 1))`, the last axis first. @param value what else than 0 it pads with: `-math.inf`. */
export const torchPad = (x: string, sides: readonly (readonly [number, number])[], value?: string): string => {
  if (isZero(sides.flat())) return x;
  return `F.pad(${x}, ${python(sides.toReversed().flat())}${value === undefined ? '' : `, value=${value}`})`;
};

/**
 * How a window slides in PyTorch: what the module is called on, and its arguments. PyTorch pads both sides alike;
 * other numbers are padded before.
 */
export function torchSliding(input: Shape, p: SlidingValues) {
  const sides = sidesOf(input, p);
  const even = evenSides(sides);
  const isSame = p.padding === 'same' && isOne(p.stride) && !isZero(sides.flat());
  return {
    x: even || isSame ? 'x' : torchPad('x', sides),
    named: {
      stride: unlessOne(p.stride),
      padding: isSame ? 'same' : even ? unlessZero(sides.map(([before]) => before)) : undefined,
      dilation: unlessOne(p.dilation),
    },
  };
}

/** [.., in, out] as PyTorch's [out, in, ..]. */
export const outFirst = (from: string, rank: number): TorchWeight => ({
  from,
  permute: [rank + 1, rank, ...Array.from({ length: rank }, (_, axis) => axis)],
});

/** A depthwise kernel [.., channels, multiplier] as PyTorch's [channels·multiplier, 1, ..]. */
export const depthwiseFirst = (from: string, kernel: readonly number[], outChannels: number): TorchWeight => ({
  from,
  permute: [kernel.length, kernel.length + 1, ...kernel.map((_, axis) => axis)],
  reshape: [outChannels, 1, ...kernel],
});

export const torchBias = (p: KernelValues, name: string) => p.bias && { [name]: { from: 'bias' } };

export function torchConvolution(input: Shape, p: ConvolutionValues): TorchCode {
  const rank = p.kernel.length;
  const { x, named } = torchSliding(input, p);
  return {
    module: pythonCall(`nn.Conv${rank}d`, [channels(input), p.filters, sizeArgument(p.kernel)], {
      ...named,
      groups: p.groups === 1 ? undefined : p.groups,
      bias: p.bias ? undefined : false,
    }),
    call: torchActivation(p.activation, `m(${x})`, 'first'),
    layout: 'first',
    weights: { weight: outFirst('kernel', rank), ...torchBias(p, 'bias') },
  };
}

/** `layers.ZeroPadding2D(1)(x)`. */
function kerasPad(sides: readonly Pair[]): string {
  if (isZero(sides.flat())) return 'x';
  const argument = evenSides(sides)
    ? sizeArgument(sides.map(([before]) => before))
    : sides.length === 1
      ? sides[0]
      : sides;
  return `${pythonCall(`layers.ZeroPadding${sides.length}D`, [argument])}(x)`;
}

/**
 * How a window slides in Keras: what the layer is called on, its arguments, and what follows. Numbers per side are a
 * layer before; strides and dilations, which Keras refuses together, are every n-th of all windows.
 * @param knowsCausal whether the layer takes causal padding by its name.
 */
export function kerasSliding(input: Shape, p: SlidingValues, knowsCausal = false) {
  const apart = isApart(p);
  const isSpelt = apart || (p.padding === 'causal' && !knowsCausal);
  const padding: Padding = isSpelt ? sidesOf(input, p) : simplified(p.padding);
  const steps = p.stride.map((by) => (by === 1 ? ':' : `::${by}`)).join(', ');
  return {
    x: typeof padding === 'string' ? 'x' : kerasPad(padding),
    named: {
      strides: apart ? undefined : unlessOne(p.stride),
      padding: typeof padding === 'string' && padding !== 'valid' ? padding : undefined,
      dilation_rate: unlessOne(p.dilation),
    },
    after: apart ? `[:, ${steps}]` : '',
  };
}

/** What Keras layers with a kernel have in common. */
export const kerasKernel = (p: KernelValues) => ({
  activation: kerasActivation(p.activation),
  use_bias: p.bias ? undefined : false,
});

export function kerasConvolution(input: Shape, p: ConvolutionValues): KerasCode {
  const { x, named, after } = kerasSliding(input, p, true);
  const layer = pythonCall(`layers.Conv${p.kernel.length}D`, [p.filters, sizeArgument(p.kernel)], {
    ...named,
    groups: p.groups === 1 ? undefined : p.groups,
    ...kerasKernel(p),
    kernel_regularizer: kerasRegularizer(p),
  });
  return { call: `${layer}(${x})${after}` };
}
