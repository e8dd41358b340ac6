import { defineLayer } from '../define';
import { cropping } from '../shared/cropping';
import { sideParams, sidesOf } from '../shared/sides';

/**
 * Rows and columns taken away at the edges of an image.
 * Input:  [batch, height, width, channels]
 * Output: [batch, height − top − bottom, width − left − right, channels]
 * Ronneberger, Fischer & Brox 2015, "U-Net", fig. 1: the skip connections are cropped to fit.
 */
export const cropping2d = defineLayer({
  type: 'cropping2d',
  title: 'Cropping 2D',
  summary: 'Cuts rows and columns off the edges of an image.',
  params: sideParams[2],
  ...cropping(2),
  // Of the three, tfjs has this one.
  lower: (p) => [{ className: 'Cropping2D', config: { cropping: sidesOf(2, p), dataFormat: 'channelsLast' } }],
  cases: [
    // U-Net's first skip connection: 568 − 2·88 = 392.
    {
      params: { top: 88, bottom: 88, left: 88, right: 88 },
      in: [[null, 568, 568, 1]],
      out: [[null, 392, 392, 1]],
      weights: 0,
    },
    { params: { top: 0, bottom: 1, left: 2, right: 3 }, in: [[null, 4, 8, 2]], out: [[null, 3, 3, 2]], weights: 0 },
    { params: { top: 0, bottom: 0, left: 0, right: 0 }, in: [[null, 3, 3, 1]], out: [[null, 3, 3, 1]], weights: 0 },
  ],
});
