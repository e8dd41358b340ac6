import { problem } from '@/core/problem';
import { defineInitializer } from '../define';
import { fill, uniform } from '../shared/draw';
import { weightParam } from '../shared/initializerParams';

/** Uniform in [min, max), whatever the fans. The defaults are Keras'. */
export const randomUniform = defineInitializer({
  type: 'randomUniform',
  title: 'Uniform',
  params: { min: weightParam('Min', -0.05), max: weightParam('Max', 0.05) },
  check: ({ min, max }) =>
    min <= max
      ? null
      : problem('initializer.bounds', `Min ${min} lies above max ${max}: no number is between them.`, {
          expected: 'min ≤ max',
          got: `${min} > ${max}`,
          params: ['min', 'max'],
          fixes: [{ title: `From ${max} to ${min}`, params: { min: max, max: min } }],
        }),
  stock: ({ min, max }) => ({ className: 'RandomUniform', config: { minval: min, maxval: max, seed: null } }),
  sample: (shape, _fans, random, { min, max }) => fill(shape, () => uniform(random, min, max)),
});
