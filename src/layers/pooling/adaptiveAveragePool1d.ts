import { defineAdaptivePool } from '../shared/adaptivePools';

export const adaptiveAveragePool1d = defineAdaptivePool('average', 1, {
  type: 'adaptiveAveragePool1d',
  summary: 'Pools a sequence to the size that you ask for, whatever comes in: its parts’ means.',
  keywords: ['avg', 'mean', 'pooling', 'resize', 'output size'],
  reference: 'He, Zhang, Ren & Sun 2014, Spatial pyramid pooling in deep convolutional networks, §2.3',
  cases: [
    { params: { output: [3] }, in: [[null, 7, 2]], out: [[null, 3, 2]], weights: 0 },
    { params: { output: [4] }, in: [[null, 8, 3]], out: [[null, 4, 3]], weights: 0 },
  ],
});
