import { defineMaxUnpool } from '../shared/unpools';

export const maxUnpool1d = defineMaxUnpool(1, {
  type: 'maxUnpool1d',
  summary: 'Puts the maxima of a pooling back where they stood, and 0 everywhere else.',
  cases: [
    // (3 − 1)·2 + 2 = 6.
    { in: [[null, 3, 2], [null, 3, 2]], out: [[null, 6, 2]], weights: 0 },
    // (4 − 1)·2 − 2 + 3 = 7.
    { params: { pool: [3], padding: [[1, 1]] }, in: [[null, 4, 2], [null, 4, 2]], out: [[null, 7, 2]], weights: 0 },
  ],
});
