import { defineLayer } from '../define';
import { sideParams } from '../shared/sides';
import { padWithZeros, zeroPadding } from '../shared/zeroPadding';

/**
 * Steps of zeros before and after a sequence.
 * Input:  [batch, steps, features]     Output: [batch, before + steps + after, features]
 * Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", §2.2.
 */
export const zeroPadding1d = defineLayer({
  type: 'zeroPadding1d',
  title: 'Zero padding 1D',
  summary: 'Puts steps of zeros before and after a sequence.',
  params: sideParams[1],
  ...zeroPadding(1),
  forward: padWithZeros(1),
  cases: [
    { in: [[null, 5, 2]], out: [[null, 7, 2]], weights: 0 },
    // All before: what makes a convolution causal.
    { params: { before: 3, after: 0 }, in: [[null, 4, 3]], out: [[null, 7, 3]], weights: 0 },
  ],
});
