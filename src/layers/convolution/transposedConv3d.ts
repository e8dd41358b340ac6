import { defineTransposed } from '../shared/transposedConvolution';

export const transposedConv3d = defineTransposed(3, {
  type: 'transposedConv3d',
  summary:
    'Spreads each voxel over a learned kernel and adds up: a transposed convolution, which enlarges volumes.',
  keywords: ['deconvolution', 'upsampling', 'fractionally strided', 'convtranspose', 'v-net', 'decoder'],
  cases: [
    {
      params: { filters: 2, kernel: [2, 2, 2], stride: [2, 2, 2] },
      in: [[null, 2, 3, 2, 3]],
      out: [[null, 4, 6, 4, 2]],
      weights: 50,
    },
    {
      params: { filters: 1, kernel: [2, 3, 3], stride: [1, 2, 1], padding: 'same' },
      in: [[null, 3, 2, 2, 2]],
      out: [[null, 3, 4, 2, 1]],
      weights: 37,
    },
    // (2 − 1)·2 − 2·1 + 1·(3 − 1) + 1 + 1 = 4; (2 − 1)·1 − 0 − 1 + 2·(3 − 1) + 0 + 1 = 5;
    // (3 − 1)·1 + 1·(3 − 1) + 1 = 5.
    {
      params: {
        filters: 2,
        stride: [2, 1, 1],
        dilation: [1, 2, 1],
        padding: [[1, 1], [0, 1], [0, 0]],
        outputPadding: [1, 0, 0],
      },
      in: [[null, 2, 2, 3, 1]],
      out: [[null, 4, 5, 5, 2]],
      weights: 56,
    },
  ],
});
