import { defineConvolution } from '../shared/convolution';

export const conv2d = defineConvolution(2, {
  type: 'conv2d',
  summary: 'Slides learned kernels over an image; each filter gives one map.',
  keywords: ['convolution', 'kernel', 'filter', 'cnn', 'grouped convolution', 'atrous', 'dilated', 'resnext'],
  shortcut: 'c',
  reference: 'Dumoulin & Visin 2016, A guide to convolution arithmetic for deep learning, §2',
  cases: [
    // LeNet-5's first layer: 6·(5·5·1) + 6 weights.
    {
      params: {
        filters: 6,
        kernel: [5, 5],
        padding: [
          [2, 2],
          [2, 2],
        ],
      },
      in: [[null, 28, 28, 1]],
      out: [[null, 28, 28, 6]],
      weights: 156,
    },
    // AlexNet's, as the course counts it: 96·(11·11·3) + 96.
    {
      params: { filters: 96, kernel: [11, 11], stride: [4, 4] },
      in: [[null, 227, 227, 3]],
      out: [[null, 55, 55, 96]],
      weights: 34_944,
    },
    {
      params: { filters: 4, stride: [2, 2], padding: 'same' },
      in: [[null, 7, 8, 2]],
      out: [[null, 4, 4, 4]],
      weights: 76,
    },
    {
      params: {
        filters: 3,
        kernel: [3, 2],
        dilation: [2, 3],
        bias: false,
        padding: [
          [1, 0],
          [2, 1],
        ],
      },
      in: [[null, 9, 9, 2]],
      out: [[null, 6, 9, 3]],
      weights: 36,
    },
    // A 5-wide reach on 9 columns, every other one: (9 − 2·2 − 1)/2 + 1 = 3.
    {
      params: { filters: 2, stride: [2, 2], dilation: [2, 2] },
      in: [[null, 9, 9, 1]],
      out: [[null, 3, 3, 2]],
      weights: 20,
    },
    {
      params: { filters: 2, stride: [2, 1], dilation: [1, 2], padding: 'same', activation: 'softmax' },
      in: [[null, 8, 6, 1]],
      out: [[null, 4, 6, 2]],
      weights: 20,
    },
    // One 5×5×3 filter over a 32×32 colour image, as the course has it.
    { params: { filters: 1, kernel: [5, 5] }, in: [[null, 32, 32, 3]], out: [[null, 28, 28, 1]], weights: 76 },
    // AlexNet's second layer, which its two GPUs split: 5·5·48·256 + 256.
    {
      params: { filters: 256, kernel: [5, 5], padding: 'same', groups: 2 },
      in: [[null, 27, 27, 96]],
      out: [[null, 27, 27, 256]],
      weights: 307_456,
    },
    // Every channel for itself, twice: 3·2·1·6 + 6.
    {
      params: { filters: 6, kernel: [3, 2], groups: 3, stride: [2, 1], padding: 'same', activation: 'relu' },
      in: [[null, 6, 5, 3]],
      out: [[null, 3, 5, 6]],
      weights: 42,
    },
    // A kernel of one number on a padding wider than itself: (4 + 2·2 − 1)/3 + 1 is not whole, (5 + 2·1 − 1)/3 + 1 = 3.
    {
      params: { filters: 4, kernel: [1, 1], groups: 2, stride: [3, 3], padding: [[1, 1], [2, 2]], bias: false },
      in: [[null, 5, 3, 4]],
      out: [[null, 3, 3, 4]],
      weights: 8,
    },
    {
      params: { filters: 2, l1: 0.25, l2: 0.5, biasInitializer: 'ones' },
      in: [[null, 4, 4, 1]],
      out: [[null, 2, 2, 2]],
      weights: 20,
    },
  ],
});
