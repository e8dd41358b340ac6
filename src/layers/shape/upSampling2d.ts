import { err, ok } from '@/core/result';
import { defineLayer } from '../define';
import { ownStock } from '../own';
import { upSample, upSampling, upSamplingParams } from '../shared/resizing';
import { readAxes, refuseUnless } from '../shared/stock';

/**
 * Each pixel several times, or pixels in between. Bilinear interpolation takes pixels as areas, as Keras does, and
 * PyTorch without aligned corners.
 * Input:  [batch, height, width, channels]
 * Output: [batch, height·factor, width·factor, channels]
 * Odena, Dumoulin & Olah 2016, "Deconvolution and checkerboard artifacts".
 */
export const upSampling2d = defineLayer({
  type: 'upSampling2d',
  title: 'Up-sampling 2D',
  summary: 'Makes an image larger, by repeating its pixels or blending them.',
  params: upSamplingParams(2),
  ...upSampling(2),
  forward: upSample,
  // tfjs blends with pixels as points, which is neither what Keras nor what PyTorch computes.
  lower: (p) =>
    p.interpolation === 'nearest'
      ? [{ className: 'UpSampling2D', config: { size: p.factor, interpolation: 'nearest', dataFormat: 'channelsLast' } }]
      : ownStock('upSampling2d', p),
  reads: {
    UpSampling2D: (config) => {
      const refusal = refuseUnless(config, {
        dataFormat: ['channelsLast', 'channels_last'],
        interpolation: ['nearest', 'bilinear'],
      });
      if (refusal) return err(refusal);
      const factor = readAxes(config.size, [2, 2]);
      if (!factor) return err(`its size ${JSON.stringify(config.size)} can’t be read`);
      // Files come from Keras, whatever tfjs then makes of them.
      return ok({ factor, interpolation: config.interpolation === 'bilinear' ? 'linear' : 'nearest' });
    },
  },
  cases: [
    { in: [[null, 7, 5, 3]], out: [[null, 14, 10, 3]], weights: 0 },
    { params: { factor: [3, 2] }, in: [[null, 2, 3, 2]], out: [[null, 6, 6, 2]], weights: 0 },
    { params: { interpolation: 'linear' }, in: [[null, 4, 3, 2]], out: [[null, 8, 6, 2]], weights: 0 },
    {
      params: { factor: [1, 4], interpolation: 'linear' },
      in: [[null, 3, 2, 1]],
      out: [[null, 3, 8, 1]],
      weights: 0,
    },
  ],
});
