import { defineAdaptivePool } from '../shared/adaptivePools';

export const adaptiveMaxPool3d = defineAdaptivePool('max', 3, {
  type: 'adaptiveMaxPool3d',
  summary: 'Pools a volume to the size that you ask for, whatever comes in: its parts’ largest numbers.',
  keywords: ['maximum', 'pooling', 'resize', 'output size', 'spatial pyramid'],
  reference: 'He, Zhang, Ren & Sun 2014, Spatial pyramid pooling in deep convolutional networks, §2.3',
  cases: [
    { params: { output: [2, 1, 3] }, in: [[null, 3, 4, 5, 2]], out: [[null, 2, 1, 3, 2]], weights: 0 },
    { params: { output: [1, 2, 2] }, in: [[null, 3, 4, 2, 1]], out: [[null, 1, 2, 2, 1]], weights: 0 },
  ],
});
