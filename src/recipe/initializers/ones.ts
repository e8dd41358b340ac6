import { defineInitializer } from '../define';
import { fill } from '../shared/draw';

/** All 1: for factors such as batch norm's γ. */
export const ones = defineInitializer({
  type: 'ones',
  title: 'Ones',
  params: {},
  stock: () => ({ className: 'Ones', config: {} }),
  sample: (shape) => fill(shape, () => 1),
});
