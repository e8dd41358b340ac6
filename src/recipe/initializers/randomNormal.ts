import type { InitializerDefinition } from '../define';
import { fill } from '../shared/draw';

const deviation = 0.05;

/** Normal with standard deviation 0.05 whatever the fans, as Keras' default. */
export const randomNormal: InitializerDefinition = {
  type: 'randomNormal',
  title: 'Normal, 0.05',
  stock: { className: 'RandomNormal', config: { mean: 0, stddev: deviation, seed: null } },
  sample: (shape, _fans, random) => fill(shape, () => random.normal() * deviation),
};
