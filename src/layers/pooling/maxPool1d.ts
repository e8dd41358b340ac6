import { defineMaxPool } from '../shared/windowPools';

export const maxPool1d = defineMaxPool(1, {
  type: 'maxPool1d',
  summary: 'Keeps the largest number of each stretch of steps and so makes a sequence shorter.',
  keywords: ['maximum', 'pooling', 'downsample', 'temporal', 'time series'],
  reference: 'Goodfellow, Bengio & Courville 2016, Deep Learning, §9.3',
  cases: [
    { in: [[null, 8, 3]], out: [[null, 4, 3]], weights: 0 },
    { params: { pool: [3], padding: 'same' }, in: [[null, 6, 2]], out: [[null, 3, 2]], weights: 0 },
    // (7 + 1 + 1 − 3)/2 + 1 = 4.
    { params: { pool: [3], padding: [[1, 1]] }, in: [[null, 7, 2]], out: [[null, 4, 2]], weights: 0 },
    // ⌈(9 + 1 − 4)/4⌉ + 1 = 3.
    {
      params: { pool: [4], stride: [4], padding: [[1, 0]], ceil: true },
      in: [[null, 9, 2]],
      out: [[null, 3, 2]],
      weights: 0,
    },
    // A reach of 3·(2 − 1) + 1 = 4: (10 − 4)/2 + 1 = 4.
    { params: { dilation: [3] }, in: [[null, 10, 1]], out: [[null, 4, 1]], weights: 0 },
  ],
});
