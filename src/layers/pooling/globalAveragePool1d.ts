import { defineGlobalPool } from '../shared/globalPools';

export const globalAveragePool1d = defineGlobalPool('average', 1, {
  type: 'globalAveragePool1d',
  summary: 'Takes the mean of each channel over the whole sequence: one number per channel.',
  keywords: ['gap', 'global', 'mean', 'avg', 'pooling'],
  reference: 'Lin, Chen & Yan 2014, Network in network, §3.2',
  cases: [
    { in: [[null, 7, 5]], out: [[null, 5]], weights: 0 },
    { params: { keepAxes: true }, in: [[null, 6, 2]], out: [[null, 1, 2]], weights: 0 },
  ],
});
