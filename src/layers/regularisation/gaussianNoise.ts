import { float } from '@/core/params';
import { err, ok } from '@/core/result';
import { defineLayer, shaped } from '../define';
import { python, pythonCall } from '../emit';
import { RANDOM } from '../shared/dropping';

/**
 * In training adds noise, y = x + n with n ~ N(0, σ²); else does nothing.
 * Input:  [batch, …]     Output: same
 * Bishop 1995, "Training with noise is equivalent to Tikhonov regularization".
 */
export const gaussianNoise = defineLayer({
  type: 'gaussianNoise',
  family: 'regularisation',
  title: 'Gaussian noise',
  summary: 'While training, adds normal noise, so that what is learned holds for neighbours of the examples too.',
  keywords: ['regularization', 'random', 'denoising'],
  reference: 'Bishop 1995, Training with noise is equivalent to Tikhonov regularization',
  params: { deviation: float({ label: 'Deviation σ', min: 0, max: 1000, default: 0.1 }) },
  shape: ([input = []]) => shaped(input),
  // As for dropout, stock tfjs's random numbers can't be repeated.
  trainsItself: true,
  notCompared: RANDOM,
  forward: (tf, [x], _weights, p, context) => {
    if (!context.training || p.deviation === 0) return x;
    return tf.add(x, context.draws.normal(x.shape, 0, p.deviation));
  },
  lower: (p) => [{ className: 'GaussianNoise', config: { stddev: p.deviation } }],
  reads: {
    GaussianNoise: ({ stddev }) =>
      typeof stddev === 'number' ? ok({ deviation: stddev }) : err('its standard deviation is missing'),
  },
  formula: (_inputs, _outputs, p) => [
    {
      title: 'Each number while training',
      lines: [['y = x + n, n ~ N(0, ', { text: `${p.deviation}`, param: 'deviation' }, '²)']],
    },
  ],
  telling: (p) => `σ ${p.deviation}`,
  macs: null,
  torch: (p) => ({
    module: 'nn.Identity()',
    call: `m(x) + ${python(p.deviation)} * torch.randn_like(x) if m.training else x`,
    layout: 'last',
    weights: {},
  }),
  keras: (p) => ({ call: `${pythonCall('layers.GaussianNoise', [p.deviation])}(x)` }),
  cases: [
    { in: [[null, 120]], out: [[null, 120]], weights: 0 },
    { params: { deviation: 0.5 }, in: [[null, 5, 4, 3]], out: [[null, 5, 4, 3]], weights: 0 },
    { params: { deviation: 0 }, in: [[null, 6, 2]], out: [[null, 6, 2]], weights: 0 },
  ],
});
