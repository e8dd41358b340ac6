import { defineAveragePool } from '../shared/windowPools';

export const averagePool2d = defineAveragePool(2, {
  type: 'averagePool2d',
  summary: 'Takes the mean of each window and so makes an image smaller.',
  keywords: ['avg', 'mean', 'pooling', 'downsample', 'subsampling'],
  reference: 'LeCun, Bottou, Bengio & Haffner 1998, Gradient-based learning applied to document recognition, §II.B',
  cases: [
    // LeNet-5's second subsampling.
    { in: [[null, 10, 10, 16]], out: [[null, 5, 5, 16]], weights: 0 },
    { params: { pool: [3, 3], stride: [1, 1] }, in: [[null, 5, 4, 2]], out: [[null, 3, 2, 2]], weights: 0 },
    { params: { padding: 'same' }, in: [[null, 7, 5, 2]], out: [[null, 4, 3, 2]], weights: 0 },
    // Torchvision's Inception: 3×3 at every place, padding counted.
    {
      params: { pool: [3, 3], stride: [1, 1], padding: [[1, 1], [1, 1]], countPadding: true },
      in: [[null, 5, 4, 2]],
      out: [[null, 5, 4, 2]],
      weights: 0,
    },
    // (6 + 1 − 3)/2 + 1 = 3 and (8 + 1 − 3)/3 + 1 = 3.
    {
      params: { pool: [3, 3], stride: [2, 3], padding: [[0, 1], [1, 0]] },
      in: [[null, 6, 8, 2]],
      out: [[null, 3, 3, 2]],
      weights: 0,
    },
    {
      params: { pool: [2, 3], padding: 'same', countPadding: true },
      in: [[null, 5, 6, 2]],
      out: [[null, 3, 3, 2]],
      weights: 0,
    },
    // ⌈(6 + 2 − 3)/2⌉ + 1 = 4 and ⌈(5 − 2)/2⌉ + 1 = 3.
    {
      params: { pool: [3, 2], padding: [[1, 1], [0, 0]], ceil: true, countPadding: true },
      in: [[null, 6, 5, 2]],
      out: [[null, 4, 3, 2]],
      weights: 0,
    },
    {
      params: { pool: [3, 2], padding: [[1, 1], [0, 0]], ceil: true },
      in: [[null, 6, 5, 2]],
      out: [[null, 4, 3, 2]],
      weights: 0,
    },
  ],
});
