import { defineAdaptivePool } from '../shared/adaptivePools';

export const adaptiveMaxPool1d = defineAdaptivePool('max', 1, {
  type: 'adaptiveMaxPool1d',
  summary: 'Pools a sequence to the size that you ask for, whatever comes in: its parts’ largest numbers.',
  keywords: ['maximum', 'pooling', 'resize', 'output size', 'spatial pyramid'],
  reference: 'He, Zhang, Ren & Sun 2014, Spatial pyramid pooling in deep convolutional networks, §2.3',
  cases: [
    { params: { output: [3] }, in: [[null, 7, 2]], out: [[null, 3, 2]], weights: 0 },
    { params: { output: [4] }, in: [[null, 8, 3]], out: [[null, 4, 3]], weights: 0 },
  ],
});
