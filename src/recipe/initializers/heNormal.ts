import { varianceScaling } from '../shared/varianceScaling';

/** Variance 2/fan in, for ReLU, which halves it. He et al. 2015, Delving Deep into Rectifiers. */
export const heNormal = varianceScaling({
  type: 'heNormal',
  title: 'He normal',
  reference: 'He et al. 2015, Delving Deep into Rectifiers',
  scale: 2,
  mode: 'fanIn',
  distribution: 'normal',
});
