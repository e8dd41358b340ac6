import { defineConvolution } from '../shared/convolution';

export const conv3d = defineConvolution(3, {
  type: 'conv3d',
  summary: 'Slides learned kernels through a volume: a film, or a scan of slices.',
  keywords: ['convolution', 'kernel', 'video', 'volume', 'voxel', 'c3d', 'grouped', 'dilated'],
  reference: 'Ji, Xu, Yang & Yu 2013, 3D convolutional neural networks for human action recognition',
  cases: [
    // 3·3·3·2·4 + 4 weights.
    { params: { filters: 4 }, in: [[null, 4, 5, 6, 2]], out: [[null, 2, 3, 4, 4]], weights: 220 },
    {
      params: { filters: 2, kernel: [1, 2, 3], stride: [2, 1, 2], padding: 'same' },
      in: [[null, 4, 3, 5, 1]],
      out: [[null, 2, 3, 3, 2]],
      weights: 14,
    },
    {
      params: { filters: 2, kernel: [2, 2, 2], dilation: [1, 2, 3], bias: false },
      in: [[null, 3, 4, 6, 1]],
      out: [[null, 2, 2, 3, 2]],
      weights: 16,
    },
    {
      params: { filters: 4, groups: 2, padding: [[1, 0], [1, 1], [0, 2]], activation: 'relu' },
      in: [[null, 3, 3, 4, 4]],
      out: [[null, 2, 3, 4, 4]],
      weights: 220,
    },
    // (5 − 2·(2 − 1) − 1)/2 + 1 = 2.
    {
      params: { filters: 3, groups: 3, kernel: [2, 2, 2], stride: [2, 2, 2], dilation: [2, 2, 2] },
      in: [[null, 5, 5, 5, 3]],
      out: [[null, 2, 2, 2, 3]],
      weights: 27,
    },
  ],
});
