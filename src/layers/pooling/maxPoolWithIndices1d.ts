import { defineMaxPoolWithIndices } from '../shared/windowPools';

export const maxPoolWithIndices1d = defineMaxPoolWithIndices(1, {
  type: 'maxPoolWithIndices1d',
  summary: 'Keeps the largest number of each stretch of steps and says where it stood, so that it can be put back.',
  keywords: ['maximum', 'pooling', 'switches', 'argmax', 'segnet', 'unpooling', 'autoencoder'],
  reference: 'Zeiler & Fergus 2014, Visualizing and understanding convolutional networks, §2.1',
  cases: [
    { in: [[null, 6, 2]], out: [[null, 3, 2], [null, 3, 2]], weights: 0 },
    // (7 + 2 − 3)/2 + 1 = 4.
    { params: { pool: [3], padding: [[1, 1]] }, in: [[null, 7, 2]], out: [[null, 4, 2], [null, 4, 2]], weights: 0 },
    { params: { pool: [3], padding: 'same' }, in: [[null, 6, 2]], out: [[null, 3, 2], [null, 3, 2]], weights: 0 },
  ],
});
