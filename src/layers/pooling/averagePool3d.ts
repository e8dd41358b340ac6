import { defineAveragePool } from '../shared/windowPools';

export const averagePool3d = defineAveragePool(3, {
  type: 'averagePool3d',
  summary: 'Takes the mean of each box and so makes a volume smaller.',
  keywords: ['avg', 'mean', 'pooling', 'downsample', 'volume', 'video'],
  reference: 'Huang, Liu, van der Maaten & Weinberger 2017, Densely connected convolutional networks, §3',
  cases: [
    { in: [[null, 4, 6, 2, 3]], out: [[null, 2, 3, 1, 3]], weights: 0 },
    {
      params: { pool: [2, 3, 2], stride: [1, 2, 2], padding: 'same' },
      in: [[null, 3, 5, 4, 2]],
      out: [[null, 3, 3, 2, 2]],
      weights: 0,
    },
    // (3 + 2 − 3)/2 + 1 = 2, (6 + 1 − 3)/2 + 1 = 3, (5 + 2 − 3)/1 + 1 = 5.
    {
      params: { pool: [3, 3, 3], stride: [2, 2, 1], padding: [[1, 1], [0, 1], [1, 1]] },
      in: [[null, 3, 6, 5, 1]],
      out: [[null, 2, 3, 5, 1]],
      weights: 0,
    },
    // ⌈(4 + 2 − 3)/2⌉ + 1 = 3, then ⌈(5 − 2)/2⌉ + 1 = 3.
    {
      params: { pool: [3, 2, 2], padding: [[1, 1], [0, 0], [0, 0]], ceil: true, countPadding: true },
      in: [[null, 4, 5, 4, 1]],
      out: [[null, 3, 3, 2, 1]],
      weights: 0,
    },
  ],
});
