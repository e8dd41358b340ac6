import { channels, elements, withoutBatch, type Shape } from '@/core/shape';
import type { Comparison } from '../define';

/** What a comparison has to know of a convolution; a number for each spatial axis. */
export interface ComparedConvolution {
  readonly kernel: readonly number[];
  readonly dilation: readonly number[];
  readonly filters: number;
  /** Default 1. */
  readonly groups?: number;
  readonly bias: boolean;
}

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);
const sizeText = (sizes: readonly number[]) => sizes.join('×');

/** A kernel for each place of the output instead of one for all. The course's case, AlexNet's first layer. */
function sharing(c: ComparedConvolution, inChannels: number, output: Shape): Comparison {
  const perOutput = (product(c.kernel) * inChannels) / (c.groups ?? 1) + (c.bias ? 1 : 0);
  return {
    title: 'Weights shared over all positions, or not',
    rows: [
      { label: 'shared', value: perOutput * c.filters },
      { label: 'a kernel for each position', value: perOutput * elements(output) },
    ],
    reference: 'LeCun, Bottou, Bengio & Haffner 1998, Gradient-based learning applied to document recognition, §II.A',
  };
}

/** Each channel by itself, then 1×1 across channels. Multiplications for one example. */
function depthwiseSeparable(c: ComparedConvolution, inChannels: number, output: Shape): Comparison {
  const positions = product(withoutBatch(output).slice(0, -1));
  const [depthwise, pointwise] = [positions * product(c.kernel) * inChannels, positions * inChannels * c.filters];
  return {
    title: 'Multiplications, whole or depthwise separable',
    rows: [
      { label: 'one convolution', value: positions * product(c.kernel) * inChannels * c.filters },
      { label: 'depthwise', value: depthwise },
      { label: 'and pointwise', value: pointwise },
      { label: 'both', value: depthwise + pointwise },
    ],
    reference: 'Howard et al. 2017, MobileNets, §3.1',
  };
}

/** k×1 then 1×k, with as many filters between them. */
function spatiallySeparable(c: ComparedConvolution, inChannels: number): Comparison {
  const parts = c.kernel.map((size, axis) => c.kernel.map((_, other) => (other === axis ? size : 1)));
  const weights = parts.map((part, i) => product(part) * (i === 0 ? inChannels : c.filters) * c.filters);
  return {
    title: 'Weights, whole or one axis after the other',
    rows: [
      { label: `one ${sizeText(c.kernel)}`, value: product(c.kernel) * inChannels * c.filters },
      { label: parts.map(sizeText).join(' then '), value: weights.reduce((sum, count) => sum + count, 0) },
    ],
    reference: 'Szegedy et al. 2016, Rethinking the inception architecture for computer vision, §3.2',
  };
}

/** Three layers of 3×3 see what one of 7×7 sees: n of them (2n + 1)×(2n + 1). Weights without biases. */
function stacked(c: ComparedConvolution, inChannels: number): Comparison {
  const [size = 3] = c.kernel;
  const large = size === 3 ? 7 : size;
  const layers = (large - 1) / 2;
  const weights = (side: number, from: number) => side ** c.kernel.length * from * c.filters;
  const text = (side: number) => sizeText(c.kernel.map(() => side));
  return {
    title: `Weights, small kernels stacked or one of ${text(large)}`,
    rows: [
      { label: `${layers} layers of ${text(3)}`, value: weights(3, inChannels) + (layers - 1) * weights(3, c.filters) },
      { label: `one of ${text(large)}`, value: weights(large, inChannels) },
    ],
    reference: 'Simonyan & Zisserman 2015, Very deep convolutional networks, §2.3',
  };
}

/**
 * What a convolution would cost in the other forms that the course sets beside it; those that make sense for it.
 * @param input `[batch, …, channels]`
 * @param output `[batch, …, filters]`
 */
export function compareConvolution(c: ComparedConvolution, input: Shape, output: Shape): readonly Comparison[] {
  const inChannels = channels(input);
  const whole = (c.groups ?? 1) === 1;
  const [size = 1] = c.kernel;
  const severalAxes = c.kernel.filter((side) => side > 1).length > 1;
  const cube = c.kernel.length > 1 && c.kernel.every((side) => side === size) && c.dilation.every((d) => d === 1);
  return [
    sharing(c, inChannels, output),
    ...(whole && product(c.kernel) > 1 && c.filters > 1 ? [depthwiseSeparable(c, inChannels, output)] : []),
    ...(whole && severalAxes ? [spatiallySeparable(c, inChannels)] : []),
    ...(whole && cube && size >= 3 && size % 2 === 1 ? [stacked(c, inChannels)] : []),
  ];
}
