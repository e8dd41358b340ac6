import { defineMaxUnpool } from '../shared/unpools';

export const maxUnpool2d = defineMaxUnpool(2, {
  type: 'maxUnpool2d',
  summary: 'Puts the maxima of a pooling back where they stood, and 0 everywhere else.',
  cases: [
    // SegNet's: (2 − 1)·2 + 2 = 4 and (3 − 1)·2 + 2 = 6.
    { in: [[null, 2, 3, 2], [null, 2, 3, 2]], out: [[null, 4, 6, 2]], weights: 0 },
    // A row that the pooling left over is there again.
    { params: { size: [5, 0] }, in: [[null, 2, 3, 2], [null, 2, 3, 2]], out: [[null, 5, 6, 2]], weights: 0 },
    // Overlapping: (3 − 1)·2 − 2 + 3 = 5 and (2 − 1)·3 − 1 + 2 = 4.
    {
      params: { pool: [3, 2], stride: [2, 3], padding: [[1, 1], [1, 0]] },
      in: [[null, 3, 2, 2], [null, 3, 2, 2]],
      out: [[null, 5, 4, 2]],
      weights: 0,
    },
    {
      params: { pool: [3, 3], padding: 'same' },
      in: [[null, 2, 3, 1], [null, 2, 3, 1]],
      out: [[null, 4, 6, 1]],
      weights: 0,
    },
    // Windows that stand apart: (2 − 1)·3 + 2 = 5.
    { params: { stride: [3, 3] }, in: [[null, 2, 2, 2], [null, 2, 2, 2]], out: [[null, 5, 5, 2]], weights: 0 },
  ],
});
