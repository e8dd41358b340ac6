import { defineTransposed } from '../shared/transposedConvolution';

export const transposedConv1d = defineTransposed(1, {
  type: 'transposedConv1d',
  summary:
    'Spreads each step over a learned kernel and adds up: a transposed convolution, which lengthens sequences.',
  keywords: ['deconvolution', 'upsampling', 'fractionally strided', 'convtranspose', 'wavegan', 'decoder'],
  cases: [
    { params: { filters: 2, stride: [2] }, in: [[null, 4, 3]], out: [[null, 9, 2]], weights: 20 },
    {
      params: { filters: 2, kernel: [4], stride: [2], padding: 'same' },
      in: [[null, 4, 3]],
      out: [[null, 8, 2]],
      weights: 26,
    },
    // (4 − 1)·3 − 2·1 + 2·(3 − 1) + 2 + 1 = 14.
    {
      params: { filters: 1, stride: [3], dilation: [2], padding: [[1, 1]], outputPadding: [2], bias: false },
      in: [[null, 4, 2]],
      out: [[null, 14, 1]],
      weights: 6,
    },
  ],
});
