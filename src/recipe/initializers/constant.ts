import { defineInitializer } from '../define';
import { fill } from '../shared/draw';
import { weightParam } from '../shared/initializerParams';

/** One number everywhere. In a kernel it leaves every unit of a layer the same for ever, as zeros do. */
export const constant = defineInitializer({
  type: 'constant',
  title: 'Constant',
  params: { value: weightParam('Value', 0) },
  stock: ({ value }) => ({ className: 'Constant', config: { value } }),
  sample: (shape, _fans, _random, { value }) => fill(shape, () => value),
});
