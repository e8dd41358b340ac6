import { defineLayer, shaped } from '../define';
import { pythonCall } from '../emit';
import { dropFormulas, dropRate, RANDOM, readRate } from '../shared/dropping';

/**
 * In training sets each number to 0 with probability `rate` and divides the others by 1 − rate; else does nothing.
 * Input:  [batch, …]     Output: same
 * Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov 2014, "Dropout", §4; scaled while training, as all now do.
 */
export const dropout = defineLayer({
  type: 'dropout',
  family: 'regularisation',
  title: 'Dropout',
  summary: 'While training, sets a random share of the numbers to 0.',
  keywords: ['regularization', 'drop', 'overfitting', 'noise'],
  shortcut: 'x',
  reference: 'Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov 2014, Dropout, §4',
  params: { rate: dropRate(0.5) },
  shape: ([input = []]) => shaped(input),
  // Stock tfjs draws from a generator of its own: unseeded no run can be repeated, seeded the mask never changes.
  trainsItself: true,
  notCompared: RANDOM,
  forward: (tf, [x], _weights, p, context) => {
    if (!context.training || p.rate === 0) return x;
    return tf.mul(x, context.draws.dropping(x.shape, p.rate));
  },
  lower: (p) => [{ className: 'Dropout', config: { rate: p.rate } }],
  reads: { Dropout: readRate },
  formula: (_inputs, _outputs, p) => dropFormulas(p.rate),
  telling: (p) => `rate ${p.rate}`,
  macs: null,
  torch: (p) => ({ module: pythonCall('nn.Dropout', [p.rate]), call: 'm(x)', layout: 'last', weights: {} }),
  keras: (p) => ({ call: `${pythonCall('layers.Dropout', [p.rate])}(x)` }),
  cases: [
    { in: [[null, 120]], out: [[null, 120]], weights: 0 },
    { params: { rate: 0.25 }, in: [[null, 5, 5, 16]], out: [[null, 5, 5, 16]], weights: 0 },
    { params: { rate: 0 }, in: [[null, 6, 2]], out: [[null, 6, 2]], weights: 0 },
  ],
});
