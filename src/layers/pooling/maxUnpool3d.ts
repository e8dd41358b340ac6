import { defineMaxUnpool } from '../shared/unpools';

export const maxUnpool3d = defineMaxUnpool(3, {
  type: 'maxUnpool3d',
  summary: 'Puts the maxima of a pooling back where they stood, and 0 everywhere else.',
  cases: [
    { in: [[null, 1, 2, 2, 2], [null, 1, 2, 2, 2]], out: [[null, 2, 4, 4, 2]], weights: 0 },
    // (2 − 1)·1 − 1 + 2 = 2, (1 − 1)·2 + 2 = 2, (2 − 1)·2 − 2 + 3 = 3.
    {
      params: { pool: [2, 2, 3], stride: [1, 2, 2], padding: [[1, 0], [0, 0], [1, 1]] },
      in: [[null, 2, 1, 2, 1], [null, 2, 1, 2, 1]],
      out: [[null, 2, 2, 3, 1]],
      weights: 0,
    },
  ],
});
