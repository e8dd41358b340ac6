import { varianceScaling } from '../shared/varianceScaling';

/** Within ±√(6/fan in), for ReLU, which halves the variance. He et al. 2015, Delving Deep into Rectifiers. */
export const heUniform = varianceScaling({
  type: 'heUniform',
  title: 'He uniform',
  reference: 'He et al. 2015, Delving Deep into Rectifiers',
  scale: 2,
  mode: 'fanIn',
  distribution: 'uniform',
});
