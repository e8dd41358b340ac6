import { defineMaxPool } from '../shared/windowPools';

export const maxPool3d = defineMaxPool(3, {
  type: 'maxPool3d',
  summary: 'Keeps the largest number of each box and so makes a volume smaller.',
  keywords: ['maximum', 'pooling', 'downsample', 'volume', 'video'],
  reference:
    'Tran, Bourdev, Fergus, Torresani & Paluri 2015, Learning spatiotemporal features with 3D convolutional networks, §3.1',
  cases: [
    // C3D's first pooling leaves time alone.
    { params: { pool: [1, 2, 2], stride: [1, 2, 2] }, in: [[null, 4, 6, 8, 2]], out: [[null, 4, 3, 4, 2]], weights: 0 },
    {
      params: { pool: [3, 2, 3], stride: [2, 2, 1], padding: 'same' },
      in: [[null, 4, 5, 3, 2]],
      out: [[null, 2, 3, 3, 2]],
      weights: 0,
    },
    // (3 + 2 − 3)/2 + 1 = 2, (6 + 1 − 3)/2 + 1 = 3, (5 + 2 − 3)/1 + 1 = 5.
    {
      params: { pool: [3, 3, 3], stride: [2, 2, 1], padding: [[1, 1], [0, 1], [1, 1]] },
      in: [[null, 3, 6, 5, 1]],
      out: [[null, 2, 3, 5, 1]],
      weights: 0,
    },
    // ⌈(5 − 2)/2⌉ + 1 = 3.
    { params: { ceil: true }, in: [[null, 4, 5, 4, 1]], out: [[null, 2, 3, 2, 1]], weights: 0 },
    // C3D's last, with rows and columns that begin beside the image: ⌈(7 + 2 − 2)/2⌉ + 1 = 5, less one past the input.
    {
      params: { padding: [[0, 0], [1, 1], [1, 1]], ceil: true },
      in: [[null, 2, 7, 7, 1]],
      out: [[null, 1, 4, 4, 1]],
      weights: 0,
    },
    // A reach of 3 each: (5 − 3)/2 + 1 = 2.
    { params: { dilation: [2, 2, 2] }, in: [[null, 5, 5, 3, 1]], out: [[null, 2, 2, 1, 1]], weights: 0 },
  ],
});
