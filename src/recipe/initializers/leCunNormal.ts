import { varianceScaling } from '../shared/varianceScaling';

/** Variance 1/fan in, for SELU. LeCun, Bottou, Orr & Müller 1998, Efficient BackProp, §4.6. */
export const leCunNormal = varianceScaling({
  type: 'leCunNormal',
  title: 'LeCun normal',
  reference: 'LeCun, Bottou, Orr & Müller 1998, Efficient BackProp, §4.6',
  scale: 1,
  mode: 'fanIn',
  distribution: 'normal',
});
