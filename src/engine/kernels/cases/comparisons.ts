import type { Rank, Tensor } from '@tensorflow/tfjs';
import type { ConvAttrs, Size4 } from '../convolution';
import { randomTensor } from '../testing';
import type { Comparison } from './comparison';
import { DRAWN } from './drawn';
import { UPDATES } from './updates';

interface FilterGradient extends Omit<ConvAttrs, 'dataFormat'> {
  readonly name: string;
  readonly x: Size4;
  readonly filter: Size4;
}

const filterGradients = (kernelName: string, depthwise: boolean, cases: readonly FilterGradient[]) =>
  cases.map(({ name, x, filter, ...attrs }): Comparison => ({
    name: `${kernelName}, ${name}`,
    run: (tf) => {
      const info = tf.backend_util.computeConv2DInfo(
        x,
        filter,
        attrs.strides,
        attrs.dilations ?? 1,
        attrs.pad,
        attrs.dimRoundingMode,
        depthwise,
      );
      const inputs: Record<string, Tensor> = {
        x: randomTensor<Rank.R4>(tf, x, 1),
        dy: randomTensor<Rank.R4>(tf, info.outShape, 2),
      };
      return tf
        .engine()
        .runKernel<Tensor>(kernelName, inputs, { dilations: 1, ...attrs, dataFormat: 'NHWC', filterShape: filter });
    },
  }));

const CONVOLUTIONS: readonly FilterGradient[] = [
  { name: "LeNet-5's first", x: [16, 28, 28, 1], filter: [5, 5, 1, 6], strides: 1, pad: 'same' },
  { name: "LeNet-5's second", x: [16, 14, 14, 6], filter: [5, 5, 6, 16], strides: 1, pad: 'valid' },
  { name: 'colours', x: [4, 16, 16, 3], filter: [3, 3, 3, 33], strides: 1, pad: 'same' },
  { name: "VGG's", x: [2, 8, 8, 64], filter: [3, 3, 64, 40], strides: 1, pad: 'same' },
  {
    name: "ResNet's stem, strided",
    x: [2, 33, 31, 3],
    filter: [7, 7, 3, 16],
    strides: 2,
    pad: [
      [0, 0],
      [3, 3],
      [3, 3],
      [0, 0],
    ],
  },
  { name: 'one by one, strided', x: [3, 9, 10, 12], filter: [1, 1, 12, 20], strides: [2, 3], pad: 'valid' },
  { name: 'odd channels and unequal axes', x: [3, 11, 6, 5], filter: [2, 4, 5, 7], strides: [3, 1], pad: 'same' },
  { name: 'a filter as large as the input', x: [70, 3, 4, 3], filter: [3, 4, 3, 9], strides: 1, pad: 'valid' },
  { name: 'a line', x: [2, 1, 301, 4], filter: [1, 9, 4, 6], strides: [1, 2], pad: 'same' },
  { name: 'dilated', x: [2, 15, 14, 3], filter: [3, 2, 3, 10], strides: 1, dilations: [2, 3], pad: 'same' },
  {
    name: 'dilated and strided',
    x: [2, 15, 14, 4],
    filter: [3, 2, 4, 10],
    strides: [2, 1],
    dilations: [2, 3],
    pad: 'valid',
  },
];

const DEPTHWISE: readonly FilterGradient[] = [
  { name: "MobileNet's", x: [4, 16, 16, 24], filter: [3, 3, 24, 1], strides: 1, pad: 'same' },
  { name: "MobileNet's, strided", x: [4, 17, 16, 10], filter: [3, 3, 10, 1], strides: 2, pad: 'same' },
  { name: 'several outputs of a channel', x: [3, 12, 9, 5], filter: [2, 5, 5, 3], strides: [1, 1], pad: 'valid' },
  { name: 'dilated', x: [2, 13, 14, 6], filter: [3, 3, 6, 2], strides: 1, dilations: [2, 3], pad: 'same' },
];

/** Kernels at sizes at which their work is divided. */
const SIZES: readonly Comparison[] = [
  ...filterGradients('Conv2DBackpropFilter', false, CONVOLUTIONS),
  ...filterGradients('DepthwiseConv2dNativeBackpropFilter', true, DEPTHWISE),
];

export const COMPARISONS: readonly Comparison[] = [...SIZES, ...UPDATES, ...DRAWN];
