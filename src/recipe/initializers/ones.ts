import type { InitializerDefinition } from '../define';
import { fill } from '../shared/draw';

/** All 1: for factors such as batch norm's γ. */
export const ones: InitializerDefinition = {
  type: 'ones',
  title: 'Ones',
  stock: { className: 'Ones', config: {} },
  sample: (shape) => fill(shape, () => 1),
};
