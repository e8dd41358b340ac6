import { defineLayer } from '../define';
import { crop, cropping } from '../shared/cropping';
import { sideParams } from '../shared/sides';

/**
 * Slices, rows and columns taken away at the faces of a volume.
 * Input:  [batch, depth, height, width, channels]
 * Output: [batch, depth − front − back, height − top − bottom, width − left − right, channels]
 * Ronneberger, Fischer & Brox 2015, "U-Net", fig. 1: the skip connections are cropped to fit.
 */
export const cropping3d = defineLayer({
  type: 'cropping3d',
  title: 'Cropping 3D',
  summary: 'Cuts slices, rows and columns off the faces of a volume.',
  params: sideParams[3],
  ...cropping(3),
  forward: crop(3),
  cases: [
    { in: [[null, 3, 4, 5, 2]], out: [[null, 1, 2, 3, 2]], weights: 0 },
    {
      params: { front: 1, back: 0, top: 0, bottom: 2, left: 3, right: 1 },
      in: [[null, 3, 4, 6, 3]],
      out: [[null, 2, 2, 2, 3]],
      weights: 0,
    },
  ],
});
