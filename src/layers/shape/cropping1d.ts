import { defineLayer } from '../define';
import { crop, cropping } from '../shared/cropping';
import { sideParams } from '../shared/sides';

/**
 * Steps taken away at the beginning and the end of a sequence.
 * Input:  [batch, steps, features]     Output: [batch, steps − before − after, features]
 * Ronneberger, Fischer & Brox 2015, "U-Net", fig. 1: the skip connections are cropped to fit.
 */
export const cropping1d = defineLayer({
  type: 'cropping1d',
  title: 'Cropping 1D',
  summary: 'Cuts steps off the beginning and the end of a sequence.',
  params: sideParams[1],
  ...cropping(1),
  forward: crop(1),
  cases: [
    { in: [[null, 5, 2]], out: [[null, 3, 2]], weights: 0 },
    { params: { before: 0, after: 3 }, in: [[null, 4, 3]], out: [[null, 1, 3]], weights: 0 },
  ],
});
