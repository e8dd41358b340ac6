import { defineMaxPoolWithIndices } from '../shared/windowPools';

export const maxPoolWithIndices2d = defineMaxPoolWithIndices(2, {
  type: 'maxPoolWithIndices2d',
  summary: 'Keeps the largest number of each window and says where it stood, so that it can be put back.',
  keywords: ['maximum', 'pooling', 'switches', 'argmax', 'segnet', 'unpooling', 'autoencoder'],
  reference: 'Zeiler & Fergus 2014, Visualizing and understanding convolutional networks, §2.1',
  cases: [
    { in: [[null, 4, 6, 2]], out: [[null, 2, 3, 2], [null, 2, 3, 2]], weights: 0 },
    // Overlapping: (7 + 2 − 3)/2 + 1 = 4 and (5 + 2 − 3)/2 + 1 = 3.
    {
      params: { pool: [3, 3], padding: [[1, 1], [1, 1]] },
      in: [[null, 7, 5, 2]],
      out: [[null, 4, 3, 2], [null, 4, 3, 2]],
      weights: 0,
    },
    {
      params: { pool: [3, 2], padding: 'same' },
      in: [[null, 6, 7, 2]],
      out: [[null, 3, 4, 2], [null, 3, 4, 2]],
      weights: 0,
    },
    // ⌈(6 − 3)/2⌉ + 1 = 3 and (5 − 2)/1 + 1 = 4.
    {
      params: { pool: [3, 2], stride: [2, 1], ceil: true },
      in: [[null, 6, 5, 1]],
      out: [[null, 3, 4, 1], [null, 3, 4, 1]],
      weights: 0,
    },
    // A reach of 3: (5 − 3)/2 + 1 = 2 and (6 − 3)/3 + 1 = 2.
    {
      params: { stride: [2, 3], dilation: [2, 2] },
      in: [[null, 5, 6, 2]],
      out: [[null, 2, 2, 2], [null, 2, 2, 2]],
      weights: 0,
    },
  ],
});
