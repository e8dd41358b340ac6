import { defineLayer } from '../define';
import { sideParams } from '../shared/sides';
import { padWithZeros, zeroPadding } from '../shared/zeroPadding';

/**
 * Slices, rows and columns of zeros around a volume.
 * Input:  [batch, depth, height, width, channels]
 * Output: [batch, front + depth + back, top + height + bottom, left + width + right, channels]
 * Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", §2.2.
 */
export const zeroPadding3d = defineLayer({
  type: 'zeroPadding3d',
  title: 'Zero padding 3D',
  summary: 'Puts slices, rows and columns of zeros around a volume.',
  params: sideParams[3],
  ...zeroPadding(3),
  forward: padWithZeros(3),
  cases: [
    { in: [[null, 2, 3, 4, 2]], out: [[null, 4, 5, 6, 2]], weights: 0 },
    {
      params: { front: 1, back: 0, top: 0, bottom: 2, left: 3, right: 1 },
      in: [[null, 2, 2, 2, 3]],
      out: [[null, 3, 4, 6, 3]],
      weights: 0,
    },
  ],
});
