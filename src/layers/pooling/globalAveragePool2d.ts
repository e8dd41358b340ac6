import { defineGlobalPool } from '../shared/globalPools';

export const globalAveragePool2d = defineGlobalPool('average', 2, {
  type: 'globalAveragePool2d',
  summary: 'Takes the mean of each channel over the whole image: one number per channel.',
  keywords: ['gap', 'global', 'mean', 'avg', 'pooling'],
  shortcut: 'g',
  reference: 'Lin, Chen & Yan 2014, Network in network, §3.2',
  cases: [
    // ResNet's and GoogLeNet's last maps.
    { in: [[null, 7, 7, 1024]], out: [[null, 1024]], weights: 0 },
    { in: [[null, 3, 5, 2]], out: [[null, 2]], weights: 0 },
    { params: { keepAxes: true }, in: [[null, 3, 4, 2]], out: [[null, 1, 1, 2]], weights: 0 },
  ],
});
