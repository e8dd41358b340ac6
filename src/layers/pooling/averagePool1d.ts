import { defineAveragePool } from '../shared/windowPools';

export const averagePool1d = defineAveragePool(1, {
  type: 'averagePool1d',
  summary: 'Takes the mean of each stretch of steps: a moving average where its stride is 1.',
  keywords: ['avg', 'mean', 'pooling', 'downsample', 'moving average', 'temporal', 'time series'],
  reference: 'Waibel et al. 1989, Phoneme recognition using time-delay neural networks',
  cases: [
    { in: [[null, 8, 3]], out: [[null, 4, 3]], weights: 0 },
    { params: { pool: [3], stride: [1], padding: 'same' }, in: [[null, 6, 2]], out: [[null, 6, 2]], weights: 0 },
    // (7 + 2 − 3)/2 + 1 = 4.
    {
      params: { pool: [3], padding: [[1, 1]], countPadding: true },
      in: [[null, 7, 2]],
      out: [[null, 4, 2]],
      weights: 0,
    },
    { params: { pool: [3], padding: [[1, 0]] }, in: [[null, 6, 2]], out: [[null, 3, 2]], weights: 0 },
    // ⌈(9 − 4)/3⌉ + 1 = 3.
    { params: { pool: [4], stride: [3], ceil: true }, in: [[null, 9, 2]], out: [[null, 3, 2]], weights: 0 },
  ],
});
