import { defineAdaptivePool } from '../shared/adaptivePools';

export const adaptiveMaxPool2d = defineAdaptivePool('max', 2, {
  type: 'adaptiveMaxPool2d',
  summary: 'Pools an image to the size that you ask for, whatever comes in: its parts’ largest numbers.',
  keywords: ['maximum', 'pooling', 'resize', 'output size', 'spatial pyramid'],
  reference: 'He, Zhang, Ren & Sun 2014, Spatial pyramid pooling in deep convolutional networks, §2.3',
  cases: [
    // VGG's head: 14×14 from images of 448, 7×7 wanted.
    { params: { output: [7, 7] }, in: [[null, 14, 14, 2]], out: [[null, 7, 7, 2]], weights: 0 },
    // Parts of 2 and 3 rows, and of 2 columns that overlap.
    { params: { output: [3, 4] }, in: [[null, 7, 5, 2]], out: [[null, 3, 4, 2]], weights: 0 },
    // More than comes in: places are repeated.
    { params: { output: [6, 6] }, in: [[null, 4, 3, 1]], out: [[null, 6, 6, 1]], weights: 0 },
    { in: [[null, 5, 3, 4]], out: [[null, 1, 1, 4]], weights: 0 },
  ],
});
