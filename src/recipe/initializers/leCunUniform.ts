import { varianceScaling } from '../shared/varianceScaling';

/** Within ±√(3/fan in), for SELU. LeCun, Bottou, Orr & Müller 1998, Efficient BackProp, §4.6. */
export const leCunUniform = varianceScaling({
  type: 'leCunUniform',
  title: 'LeCun uniform',
  reference: 'LeCun, Bottou, Orr & Müller 1998, Efficient BackProp, §4.6',
  scale: 1,
  mode: 'fanIn',
  distribution: 'uniform',
});
