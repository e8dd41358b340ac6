import { defineLayer } from '../define';
import { borderPadding, borderParam } from '../shared/borders';
import { sideParams } from '../shared/sides';

/**
 * Padding of a sequence with its own steps: mirrored, the edge again, or the other end.
 * Input:  [batch, steps, features]     Output: [batch, before + steps + after, features]
 * Johnson, Alahi & Fei-Fei 2016, "Perceptual losses for real-time style transfer and super-resolution", supplement.
 */
export const reflectionPadding1d = defineLayer({
  type: 'reflectionPadding1d',
  title: 'Reflection padding 1D',
  summary: 'Continues a sequence beyond its ends, mirrored, repeated or from the other end.',
  params: { mode: borderParam, ...sideParams[1] },
  ...borderPadding(1),
  cases: [
    { params: { before: 2, after: 1 }, in: [[null, 4, 3]], out: [[null, 7, 3]], weights: 0 },
    { params: { mode: 'replicate', before: 3, after: 2 }, in: [[null, 2, 2]], out: [[null, 7, 2]], weights: 0 },
    { params: { mode: 'circular', before: 1, after: 3 }, in: [[null, 3, 2]], out: [[null, 7, 2]], weights: 0 },
  ],
});
