import { defineTransposed } from '../shared/transposedConvolution';

export const transposedConv2d = defineTransposed(2, {
  type: 'transposedConv2d',
  summary:
    'Spreads each pixel over a learned kernel and adds up: a transposed convolution, which enlarges images.',
  keywords: ['deconvolution', 'upsampling', 'fractionally strided', 'convtranspose', 'dcgan', 'decoder'],
  cases: [
    // DCGAN's doubling: (4 − 1)·2 − 2·1 + 1·(4 − 1) + 0 + 1 = 8.
    {
      params: { filters: 2, kernel: [4, 4], stride: [2, 2], padding: [[1, 1], [1, 1]], activation: 'relu' },
      in: [[null, 4, 4, 3]],
      out: [[null, 8, 8, 2]],
      weights: 98,
    },
    {
      params: { filters: 3, stride: [2, 1], padding: 'same' },
      in: [[null, 3, 4, 2]],
      out: [[null, 6, 4, 3]],
      weights: 57,
    },
    // Narrower than its stride: (3 − 1)·3 + max(2, 3) = 9.
    {
      params: { filters: 2, kernel: [2, 2], stride: [3, 3] },
      in: [[null, 3, 2, 1]],
      out: [[null, 9, 6, 2]],
      weights: 10,
    },
    // (3 − 1)·2 − 0 − 1 + 2·(3 − 1) + 1 + 1 = 9 rows; (3 − 1)·2 − 1 − 2 + 1·(3 − 1) + 1 = 4 columns.
    {
      params: {
        filters: 2,
        stride: [2, 2],
        dilation: [2, 1],
        padding: [[0, 1], [1, 2]],
        outputPadding: [1, 0],
        bias: false,
      },
      in: [[null, 3, 3, 2]],
      out: [[null, 9, 4, 2]],
      weights: 36,
    },
  ],
});
