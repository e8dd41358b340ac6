import { defineGlobalPool } from '../shared/globalPools';

export const globalAveragePool3d = defineGlobalPool('average', 3, {
  type: 'globalAveragePool3d',
  summary: 'Takes the mean of each channel over the whole volume: one number per channel.',
  keywords: ['gap', 'global', 'mean', 'avg', 'pooling'],
  reference: 'Lin, Chen & Yan 2014, Network in network, §3.2',
  cases: [
    { in: [[null, 2, 3, 4, 5]], out: [[null, 5]], weights: 0 },
    { params: { keepAxes: true }, in: [[null, 3, 1, 2, 2]], out: [[null, 1, 1, 1, 2]], weights: 0 },
  ],
});
