import type { InitializerDefinition } from '../define';
import { fill, uniform } from '../shared/draw';

const limit = 0.05;

/** Uniform within ±0.05 whatever the fans, as Keras' default. */
export const randomUniform: InitializerDefinition = {
  type: 'randomUniform',
  title: 'Uniform, ±0.05',
  stock: { className: 'RandomUniform', config: { minval: -limit, maxval: limit, seed: null } },
  sample: (shape, _fans, random) => fill(shape, () => uniform(random, limit)),
};
