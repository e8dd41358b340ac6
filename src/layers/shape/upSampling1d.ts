import { err, ok } from '@/core/result';
import { defineLayer } from '../define';
import { upSample, upSampling, upSamplingParams } from '../shared/resizing';
import { readAxes, refuseUnless } from '../shared/stock';

/**
 * Each step of a sequence several times, or steps in between.
 * Input:  [batch, steps, features]     Output: [batch, steps·factor, features]
 * Odena, Dumoulin & Olah 2016, "Deconvolution and checkerboard artifacts".
 */
export const upSampling1d = defineLayer({
  type: 'upSampling1d',
  title: 'Up-sampling 1D',
  summary: 'Makes a sequence longer, by repeating its steps or blending them.',
  params: upSamplingParams(1),
  ...upSampling(1),
  forward: upSample,
  reads: {
    UpSampling1D: (config) => {
      const refusal = refuseUnless(config, { dataFormat: ['channelsLast', 'channels_last'] });
      if (refusal) return err(refusal);
      const factor = readAxes(config.size, [2]);
      if (!factor) return err(`its size ${JSON.stringify(config.size)} can’t be read`);
      return ok({ factor });
    },
  },
  cases: [
    { in: [[null, 3, 2]], out: [[null, 6, 2]], weights: 0 },
    { params: { factor: [3], interpolation: 'linear' }, in: [[null, 4, 2]], out: [[null, 12, 2]], weights: 0 },
  ],
});
