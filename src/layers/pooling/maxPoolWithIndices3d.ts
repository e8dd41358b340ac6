import { defineMaxPoolWithIndices } from '../shared/windowPools';

export const maxPoolWithIndices3d = defineMaxPoolWithIndices(3, {
  type: 'maxPoolWithIndices3d',
  summary: 'Keeps the largest number of each box and says where it stood, so that it can be put back.',
  keywords: ['maximum', 'pooling', 'switches', 'argmax', 'segnet', 'unpooling', 'autoencoder'],
  reference: 'Zeiler & Fergus 2014, Visualizing and understanding convolutional networks, §2.1',
  cases: [
    { in: [[null, 4, 2, 6, 2]], out: [[null, 2, 1, 3, 2], [null, 2, 1, 3, 2]], weights: 0 },
    // (3 + 2 − 3)/2 + 1 = 2, (4 − 2)/2 + 1 = 2, (5 + 1 − 2)/2 + 1 = 3.
    {
      params: { pool: [3, 2, 2], padding: [[1, 1], [0, 0], [0, 1]] },
      in: [[null, 3, 4, 5, 1]],
      out: [[null, 2, 2, 3, 1], [null, 2, 2, 3, 1]],
      weights: 0,
    },
  ],
});
