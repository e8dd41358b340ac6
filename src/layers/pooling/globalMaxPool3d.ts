import { defineGlobalPool } from '../shared/globalPools';

export const globalMaxPool3d = defineGlobalPool('max', 3, {
  type: 'globalMaxPool3d',
  summary: 'Keeps the largest number of each channel over the whole volume: whether what it looks for is anywhere.',
  keywords: ['gmp', 'global', 'maximum', 'pooling'],
  reference: 'Oquab, Bottou, Laptev & Sivic 2015, Is object localization for free?, §3',
  cases: [
    { in: [[null, 2, 3, 4, 5]], out: [[null, 5]], weights: 0 },
    { params: { keepAxes: true }, in: [[null, 3, 1, 2, 2]], out: [[null, 1, 1, 1, 2]], weights: 0 },
  ],
});
