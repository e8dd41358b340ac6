import { defineDepthwise } from '../shared/depthwise';

export const depthwiseConv2d = defineDepthwise(2, {
  type: 'depthwiseConv2d',
  summary: 'Convolves each channel of an image with kernels of its own; channels are not mixed.',
  keywords: ['convolution', 'grouped', 'channelwise', 'mobilenet', 'sobel'],
  cases: [
    // MobileNet's first: 3·3·32·1 + 32 weights.
    { params: { padding: 'same' }, in: [[null, 14, 14, 32]], out: [[null, 14, 14, 32]], weights: 320 },
    {
      params: { multiplier: 2, kernel: [3, 2], stride: [2, 2], bias: false, activation: 'relu' },
      in: [[null, 7, 6, 3]],
      out: [[null, 3, 3, 6]],
      weights: 36,
    },
    {
      params: { stride: [2, 1], padding: [[1, 0], [2, 1]], l2: 0.5 },
      in: [[null, 6, 4, 2]],
      out: [[null, 3, 5, 2]],
      weights: 20,
    },
    {
      params: { dilation: [2, 3], padding: 'same', multiplier: 2 },
      in: [[null, 5, 6, 2]],
      out: [[null, 5, 6, 4]],
      weights: 40,
    },
  ],
});
