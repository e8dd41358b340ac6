import { defineSeparable } from '../shared/separable';

export const separableConv2d = defineSeparable(2, {
  type: 'separableConv2d',
  summary: 'Convolves each channel of an image by itself, then mixes the channels by a 1×1 convolution.',
  keywords: ['convolution', 'depthwise separable', 'pointwise', 'mobilenet', 'xception'],
  cases: [
    // The course's 128 filters on 7×7×3: 27 depthwise weights, 384 pointwise ones and 128 biases.
    { params: { filters: 128 }, in: [[null, 7, 7, 3]], out: [[null, 5, 5, 128]], weights: 539 },
    {
      params: { filters: 4, multiplier: 2, kernel: [2, 3], stride: [2, 2], padding: 'same', bias: false, l1: 0.5 },
      in: [[null, 5, 6, 2]],
      out: [[null, 3, 3, 4]],
      weights: 40,
    },
    {
      params: { filters: 3, padding: [[0, 1], [2, 1]], activation: 'softmax' },
      in: [[null, 4, 4, 2]],
      out: [[null, 3, 5, 3]],
      weights: 27,
    },
    {
      params: { filters: 3, dilation: [2, 1], padding: 'same' },
      in: [[null, 5, 4, 2]],
      out: [[null, 5, 4, 3]],
      weights: 27,
    },
  ],
});
