import { defineGlobalPool } from '../shared/globalPools';

export const globalMaxPool1d = defineGlobalPool('max', 1, {
  type: 'globalMaxPool1d',
  summary: 'Keeps the largest number of each channel over the whole sequence: whether what it looks for is anywhere.',
  keywords: ['gmp', 'global', 'maximum', 'pooling'],
  reference: 'Oquab, Bottou, Laptev & Sivic 2015, Is object localization for free?, §3',
  cases: [
    { in: [[null, 7, 5]], out: [[null, 5]], weights: 0 },
    { params: { keepAxes: true }, in: [[null, 6, 2]], out: [[null, 1, 2]], weights: 0 },
  ],
});
