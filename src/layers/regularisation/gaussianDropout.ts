import { defineLayer, shaped } from '../define';
import { pythonCall } from '../emit';
import { dropRate, RANDOM, readRate } from '../shared/dropping';

/** Of the factors; dropout's masks deviate by as much. */
const deviation = (rate: number): number => Math.sqrt(rate / (1 - rate));
const short = (value: number) => `${Number(value.toFixed(4))}`;

/**
 * In training multiplies each number with noise, y = x·n with n ~ N(1, rate/(1 − rate)), of the mean and variance of
 * dropout's factors; else does nothing.
 * Input:  [batch, …]     Output: same
 * Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov 2014, "Dropout", §10.
 */
export const gaussianDropout = defineLayer({
  type: 'gaussianDropout',
  family: 'regularisation',
  title: 'Gaussian dropout',
  summary: 'While training, multiplies each number with normal noise around 1 instead of dropping some.',
  keywords: ['regularization', 'multiplicative noise'],
  reference: 'Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov 2014, Dropout, §10',
  params: { rate: dropRate(0.5) },
  shape: ([input = []]) => shaped(input),
  // As for dropout, stock tfjs's random numbers can't be repeated.
  trainsItself: true,
  notCompared: RANDOM,
  forward: (tf, [x], _weights, p, context) => {
    if (!context.training || p.rate === 0) return x;
    return tf.mul(x, context.draws.normal(x.shape, 1, deviation(p.rate)));
  },
  lower: (p) => [{ className: 'GaussianDropout', config: { rate: p.rate } }],
  reads: { GaussianDropout: readRate },
  formula: (_inputs, _outputs, p) => [
    { title: 'Each number while training', lines: [['y = x·n, n ~ N(1, σ²)']] },
    {
      title: 'Deviation of the factors',
      lines: [
        [
          'σ = √(',
          { text: `${p.rate}`, param: 'rate' },
          '/(1 − ',
          { text: `${p.rate}`, param: 'rate' },
          ')) = ',
          { text: short(deviation(p.rate)), result: true },
        ],
      ],
    },
  ],
  telling: (p) => `rate ${p.rate}`,
  macs: null,
  torch: (p) => ({
    module: 'nn.Identity()',
    call: `m(x) * (1 + ${short(deviation(p.rate))} * torch.randn_like(x)) if m.training else x`,
    layout: 'last',
    weights: {},
  }),
  keras: (p) => ({ call: `${pythonCall('layers.GaussianDropout', [p.rate])}(x)` }),
  cases: [
    { in: [[null, 120]], out: [[null, 120]], weights: 0 },
    { params: { rate: 0.2 }, in: [[null, 5, 4, 3]], out: [[null, 5, 4, 3]], weights: 0 },
    { params: { rate: 0 }, in: [[null, 6, 2]], out: [[null, 6, 2]], weights: 0 },
  ],
});
