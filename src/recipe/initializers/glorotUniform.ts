import { varianceScaling } from '../shared/varianceScaling';

/** Xavier: within ±√(6/(fan in + fan out)), for tanh and sigmoid. Glorot & Bengio 2010, eq. 12–16. */
export const glorotUniform = varianceScaling({
  type: 'glorotUniform',
  title: 'Glorot uniform',
  reference: 'Glorot & Bengio 2010, Understanding the difficulty of training deep feedforward neural networks',
  scale: 1,
  mode: 'fanAvg',
  distribution: 'uniform',
});
