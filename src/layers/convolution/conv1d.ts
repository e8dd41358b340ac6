import { defineConvolution } from '../shared/convolution';

export const conv1d = defineConvolution(1, {
  type: 'conv1d',
  summary: 'Slides learned kernels along a sequence; causal padding lets no output see later steps.',
  keywords: ['convolution', 'kernel', 'time series', 'temporal', 'causal', 'wavenet', 'tcn', 'grouped', 'dilated'],
  reference: 'Waibel et al. 1989, Phoneme recognition using time-delay neural networks',
  cases: [
    // 3·2·4 + 4 weights.
    { params: { filters: 4 }, in: [[null, 8, 2]], out: [[null, 6, 4]], weights: 28 },
    {
      params: { filters: 3, kernel: [4], padding: 'same', stride: [2] },
      in: [[null, 9, 2]],
      out: [[null, 5, 3]],
      weights: 27,
    },
    {
      params: { filters: 2, dilation: [2], padding: 'same', bias: false },
      in: [[null, 7, 3]],
      out: [[null, 7, 2]],
      weights: 18,
    },
    // WaveNet's: dilation 4 reaches 5 steps, all of them in the past.
    {
      params: { filters: 2, kernel: [2], dilation: [4], padding: 'causal' },
      in: [[null, 9, 3]],
      out: [[null, 9, 2]],
      weights: 14,
    },
    // (6 + 1 + 2 − 2·(3 − 1) − 1)/2 + 1 = 3.
    {
      params: { filters: 4, dilation: [2], stride: [2], padding: [[1, 2]] },
      in: [[null, 6, 2]],
      out: [[null, 3, 4]],
      weights: 28,
    },
    {
      params: { filters: 4, groups: 2, padding: 'same', activation: 'softmax' },
      in: [[null, 5, 4]],
      out: [[null, 5, 4]],
      weights: 28,
    },
    {
      params: { filters: 6, groups: 3, kernel: [2], padding: 'causal' },
      in: [[null, 5, 3]],
      out: [[null, 5, 6]],
      weights: 18,
    },
  ],
});
