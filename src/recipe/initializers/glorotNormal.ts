import { varianceScaling } from '../shared/varianceScaling';

/** Xavier: variance 2/(fan in + fan out), for tanh and sigmoid. Glorot & Bengio 2010, eq. 12–16. */
export const glorotNormal = varianceScaling({
  type: 'glorotNormal',
  title: 'Glorot normal',
  reference: 'Glorot & Bengio 2010, Understanding the difficulty of training deep feedforward neural networks',
  scale: 1,
  mode: 'fanAvg',
  distribution: 'normal',
});
