import { defineLayer } from '../define';
import { borderPadding, borderParam } from '../shared/borders';
import { sideParams } from '../shared/sides';

/**
 * Padding of a volume with its own slices, rows and columns: mirrored, the edge again, or the other end.
 * Input:  [batch, depth, height, width, channels]
 * Output: [batch, front + depth + back, top + height + bottom, left + width + right, channels]
 * Johnson, Alahi & Fei-Fei 2016, "Perceptual losses for real-time style transfer and super-resolution", supplement.
 */
export const reflectionPadding3d = defineLayer({
  type: 'reflectionPadding3d',
  title: 'Reflection padding 3D',
  summary: 'Continues a volume beyond its faces, mirrored, repeated or from the other side.',
  params: { mode: borderParam, ...sideParams[3] },
  ...borderPadding(3),
  cases: [
    { in: [[null, 2, 3, 4, 2]], out: [[null, 4, 5, 6, 2]], weights: 0 },
    {
      params: { mode: 'replicate', front: 2, back: 0, top: 0, bottom: 1, left: 1, right: 3 },
      in: [[null, 1, 2, 2, 2]],
      out: [[null, 3, 3, 6, 2]],
      weights: 0,
    },
    {
      params: { mode: 'circular', front: 2, left: 0 },
      in: [[null, 2, 1, 3, 2]],
      out: [[null, 5, 3, 4, 2]],
      weights: 0,
    },
  ],
});
