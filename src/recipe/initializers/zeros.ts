import { defineInitializer } from '../define';
import { fill } from '../shared/draw';

/** All 0: for biases. Kernels at 0 leave every unit of a layer the same for ever. */
export const zeros = defineInitializer({
  type: 'zeros',
  title: 'Zeros',
  params: {},
  stock: () => ({ className: 'Zeros', config: {} }),
  sample: (shape) => fill(shape, () => 0),
});
