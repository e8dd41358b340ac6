import { defineInitializer } from '../define';
import { fill } from '../shared/draw';
import { deviationParam, weightParam } from '../shared/initializerParams';

/** Normal, whatever the fans. The defaults are Keras'. */
export const randomNormal = defineInitializer({
  type: 'randomNormal',
  title: 'Normal',
  params: { mean: weightParam('Mean', 0), deviation: deviationParam },
  stock: ({ mean, deviation }) => ({ className: 'RandomNormal', config: { mean, stddev: deviation, seed: null } }),
  sample: (shape, _fans, random, { mean, deviation }) => fill(shape, () => mean + random.normal() * deviation),
});
