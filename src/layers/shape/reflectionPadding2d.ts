import { defineLayer } from '../define';
import { borderPadding, borderParam } from '../shared/borders';
import { sideParams } from '../shared/sides';

/**
 * Padding of an image with its own rows and columns: mirrored, the edge again, or the other end.
 * Input:  [batch, height, width, channels]
 * Output: [batch, top + height + bottom, left + width + right, channels]
 * Johnson, Alahi & Fei-Fei 2016, "Perceptual losses for real-time style transfer and super-resolution", supplement.
 */
export const reflectionPadding2d = defineLayer({
  type: 'reflectionPadding2d',
  title: 'Reflection padding 2D',
  summary: 'Continues an image beyond its edges, mirrored, repeated or from the other side.',
  params: { mode: borderParam, ...sideParams[2] },
  ...borderPadding(2),
  cases: [
    { in: [[null, 5, 4, 2]], out: [[null, 7, 6, 2]], weights: 0 },
    {
      params: { top: 2, bottom: 0, left: 1, right: 3 },
      in: [[null, 3, 4, 2]],
      out: [[null, 5, 8, 2]],
      weights: 0,
    },
    {
      params: { mode: 'replicate', top: 0, bottom: 2, left: 3, right: 1 },
      in: [[null, 2, 2, 3]],
      out: [[null, 4, 6, 3]],
      weights: 0,
    },
    { params: { mode: 'circular', top: 2, right: 3 }, in: [[null, 2, 3, 2]], out: [[null, 5, 7, 2]], weights: 0 },
  ],
});
