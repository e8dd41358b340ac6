import { defineSeparable } from '../shared/separable';

export const separableConv1d = defineSeparable(1, {
  type: 'separableConv1d',
  summary: 'Convolves each feature of a sequence by itself, then mixes the features step by step.',
  keywords: ['convolution', 'depthwise separable', 'pointwise', 'time series'],
  cases: [
    { params: { filters: 4 }, in: [[null, 6, 3]], out: [[null, 4, 4]], weights: 25 },
    {
      params: { filters: 2, multiplier: 2, kernel: [4], stride: [3], padding: 'same', bias: false },
      in: [[null, 8, 2]],
      out: [[null, 3, 2]],
      weights: 24,
    },
    { params: { filters: 2, dilation: [3], padding: 'causal' }, in: [[null, 5, 2]], out: [[null, 5, 2]], weights: 12 },
  ],
});
