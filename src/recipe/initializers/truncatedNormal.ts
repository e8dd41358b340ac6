import { defineInitializer } from '../define';
import { fill, truncatedNormal as draw } from '../shared/draw';
import { deviationParam, weightParam } from '../shared/initializerParams';

/**
 * Normal, drawn again where it lies more than two deviations from the mean, as Keras and tfjs do. The deviation is that
 * of the normal before the cut; what is left spreads by 0.8796 of it.
 */
export const truncatedNormal = defineInitializer({
  type: 'truncatedNormal',
  title: 'Truncated normal',
  params: { mean: weightParam('Mean', 0), deviation: deviationParam },
  stock: ({ mean, deviation }) => ({ className: 'TruncatedNormal', config: { mean, stddev: deviation, seed: null } }),
  sample: (shape, _fans, random, { mean, deviation }) => fill(shape, () => mean + draw(random) * deviation),
});
