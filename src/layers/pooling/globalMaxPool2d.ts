import { defineGlobalPool } from '../shared/globalPools';

export const globalMaxPool2d = defineGlobalPool('max', 2, {
  type: 'globalMaxPool2d',
  summary: 'Keeps the largest number of each channel over the whole image: whether what it looks for is anywhere.',
  keywords: ['gmp', 'global', 'maximum', 'pooling'],
  reference: 'Oquab, Bottou, Laptev & Sivic 2015, Is object localization for free?, §3',
  cases: [
    // ResNet's and GoogLeNet's last maps.
    { in: [[null, 7, 7, 1024]], out: [[null, 1024]], weights: 0 },
    { in: [[null, 3, 5, 2]], out: [[null, 2]], weights: 0 },
    { params: { keepAxes: true }, in: [[null, 3, 4, 2]], out: [[null, 1, 1, 2]], weights: 0 },
  ],
});
