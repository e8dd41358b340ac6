import { defineDepthwise } from '../shared/depthwise';

export const depthwiseConv1d = defineDepthwise(1, {
  type: 'depthwiseConv1d',
  summary: 'Convolves each feature of a sequence with kernels of its own; features are not mixed.',
  keywords: ['convolution', 'grouped', 'channelwise', 'conformer', 'time series'],
  cases: [
    { params: { kernel: [4], padding: 'causal' }, in: [[null, 6, 3]], out: [[null, 6, 3]], weights: 15 },
    { params: { multiplier: 3, stride: [2], padding: [[1, 0]] }, in: [[null, 6, 2]], out: [[null, 3, 6]], weights: 24 },
    { params: { dilation: [2], padding: 'same', bias: false }, in: [[null, 7, 2]], out: [[null, 7, 2]], weights: 6 },
  ],
});
