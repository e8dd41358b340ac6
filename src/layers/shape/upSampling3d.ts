import { err, ok } from '@/core/result';
import { defineLayer } from '../define';
import { upSample, upSampling, upSamplingParams } from '../shared/resizing';
import { readAxes, refuseUnless } from '../shared/stock';

/**
 * Each cell of a volume several times, or cells in between.
 * Input:  [batch, depth, height, width, channels]
 * Output: [batch, depth·factor, height·factor, width·factor, channels]
 * Odena, Dumoulin & Olah 2016, "Deconvolution and checkerboard artifacts".
 */
export const upSampling3d = defineLayer({
  type: 'upSampling3d',
  title: 'Up-sampling 3D',
  summary: 'Makes a volume larger, by repeating its cells or blending them.',
  params: upSamplingParams(3),
  ...upSampling(3),
  forward: upSample,
  reads: {
    UpSampling3D: (config) => {
      const refusal = refuseUnless(config, { dataFormat: ['channelsLast', 'channels_last'] });
      if (refusal) return err(refusal);
      const factor = readAxes(config.size, [2, 2, 2]);
      if (!factor) return err(`its size ${JSON.stringify(config.size)} can’t be read`);
      return ok({ factor });
    },
  },
  cases: [
    { in: [[null, 2, 3, 2, 2]], out: [[null, 4, 6, 4, 2]], weights: 0 },
    {
      params: { factor: [2, 1, 3], interpolation: 'linear' },
      in: [[null, 2, 2, 3, 2]],
      out: [[null, 4, 2, 9, 2]],
      weights: 0,
    },
  ],
});
