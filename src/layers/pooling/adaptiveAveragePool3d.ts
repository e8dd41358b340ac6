import { defineAdaptivePool } from '../shared/adaptivePools';

export const adaptiveAveragePool3d = defineAdaptivePool('average', 3, {
  type: 'adaptiveAveragePool3d',
  summary: 'Pools a volume to the size that you ask for, whatever comes in: its parts’ means.',
  keywords: ['avg', 'mean', 'pooling', 'resize', 'output size'],
  reference: 'He, Zhang, Ren & Sun 2014, Spatial pyramid pooling in deep convolutional networks, §2.3',
  cases: [
    { params: { output: [2, 1, 3] }, in: [[null, 3, 4, 5, 2]], out: [[null, 2, 1, 3, 2]], weights: 0 },
    { params: { output: [1, 2, 2] }, in: [[null, 3, 4, 2, 1]], out: [[null, 1, 2, 2, 1]], weights: 0 },
  ],
});
