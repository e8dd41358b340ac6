import { defineLayer } from '../define';
import { sideParams, sidesOf } from '../shared/sides';
import { zeroPadding } from '../shared/zeroPadding';

/**
 * Rows and columns of zeros around an image.
 * Input:  [batch, height, width, channels]
 * Output: [batch, top + height + bottom, left + width + right, channels]
 * Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", §2.2.
 */
export const zeroPadding2d = defineLayer({
  type: 'zeroPadding2d',
  title: 'Zero padding 2D',
  summary: 'Puts rows and columns of zeros around an image.',
  shortcut: 'z',
  params: sideParams[2],
  ...zeroPadding(2),
  // Of the three, tfjs has this one.
  lower: (p) => [{ className: 'ZeroPadding2D', config: { padding: sidesOf(2, p), dataFormat: 'channelsLast' } }],
  cases: [
    { in: [[null, 5, 4, 2]], out: [[null, 7, 6, 2]], weights: 0 },
    { params: { top: 0, bottom: 1, left: 2, right: 3 }, in: [[null, 3, 3, 1]], out: [[null, 4, 8, 1]], weights: 0 },
    { params: { top: 0, bottom: 0, left: 0, right: 0 }, in: [[null, 3, 3, 1]], out: [[null, 3, 3, 1]], weights: 0 },
  ],
});
