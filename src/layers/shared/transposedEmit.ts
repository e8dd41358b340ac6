import type { Pair } from '@/core/params';
import { channels, type Shape } from '@/core/shape';
import { pythonCall, sizeArgument, type KerasCode, type TorchCode } from '../emit';
import { torchActivation } from './activations';
import { kerasKernel, outFirst, torchBias, torchPad, unlessOne, unlessZero } from './convolutionEmit';
import { kerasRegularizer } from './penalty';
import { transposedAxes } from './transposed';
import type { TransposedValues } from './kernels';

/** PyTorch takes the same off both sides; unlike numbers are cropped after, as a negative padding. */
export function torchTransposed(input: Shape, p: TransposedValues): TorchCode {
  const rank = p.kernel.length;
  const axes = transposedAxes(input, p);
  const even = axes.every(({ before, after }) => before === after);
  const module = pythonCall(`nn.ConvTranspose${rank}d`, [channels(input), p.filters, sizeArgument(p.kernel)], {
    stride: unlessOne(p.stride),
    padding: even ? unlessZero(axes.map(({ before }) => before)) : undefined,
    output_padding: unlessZero(axes.map(({ filled, outputPadding }) => filled + outputPadding)),
    bias: p.bias ? undefined : false,
    dilation: unlessOne(p.dilation),
  });
  const cropped = even ? 'm(x)' : torchPad('m(x)', axes.map(({ before, after }) => [-before, -after] as const));
  return {
    module,
    call: torchActivation(p.activation, cropped, 'first'),
    layout: 'first',
    weights: { weight: outFirst('kernel', rank), ...torchBias(p, 'bias') },
  };
}

/** Keras' names where they say it; else all that the windows cover, cropped after. */
export function kerasTransposed(input: Shape, p: TransposedValues): KerasCode {
  const rank = p.kernel.length;
  const axes = transposedAxes(input, p);
  const isNamed = typeof p.padding === 'string' && p.outputPadding.every((lines) => lines === 0);
  const cut = axes.map(({ before, after }): Pair => [before, after]);
  const isCut = !isNamed && cut.flat().some((lines) => lines > 0);
  const layer = pythonCall(`layers.Conv${rank}DTranspose`, [p.filters, sizeArgument(p.kernel)], {
    strides: unlessOne(p.stride),
    padding: isNamed && p.padding !== 'valid' ? p.padding : undefined,
    // Left out, Keras adds what `valid` adds.
    output_padding: isNamed ? undefined : sizeArgument(axes.map(({ filled, outputPadding }) => filled + outputPadding)),
    dilation_rate: unlessOne(p.dilation),
    ...kerasKernel(p),
    kernel_regularizer: kerasRegularizer(p),
  });
  const even = cut.every(([before, after]) => before === after);
  const crop = even ? sizeArgument(cut.map(([before]) => before)) : rank === 1 ? cut[0] : cut;
  return { call: isCut ? `${pythonCall(`layers.Cropping${rank}D`, [crop])}(${layer}(x))` : `${layer}(x)` };
}
