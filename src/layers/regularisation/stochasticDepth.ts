import { defineLayer, shaped } from '../define';
import { python, pythonCall } from '../emit';
import { dropFormulas, dropRate, RANDOM } from '../shared/dropping';

/**
 * In training sets whole examples to 0 with probability `rate` and divides the others by 1 − rate; else does nothing.
 * At the end of a residual block's branch, before the sum, it leaves only the shortcut to some examples.
 * Input:  [batch, …]     Output: same
 * Huang, Sun, Liu, Sedra & Weinberger 2016, "Deep networks with stochastic depth", §3; scaled while training.
 */
export const stochasticDepth = defineLayer({
  type: 'stochasticDepth',
  family: 'regularisation',
  title: 'Stochastic depth',
  summary: 'While training, switches a residual branch off for a random share of the examples.',
  keywords: ['regularization', 'drop path', 'droppath'],
  reference: 'Huang, Sun, Liu, Sedra & Weinberger 2016, Deep networks with stochastic depth, §3',
  params: { rate: dropRate(0.2) },
  shape: ([input = []]) => shaped(input),
  notCompared: RANDOM,
  forward: (tf, [x], _weights, p, context) => {
    if (!context.training || p.rate === 0) return x;
    const [batch = 1] = x.shape;
    return tf.mul(x, context.draws.dropping([batch, ...x.shape.slice(1).map(() => 1)], p.rate));
  },
  formula: (_inputs, _outputs, p) => dropFormulas(p.rate),
  telling: (p) => `rate ${p.rate}`,
  macs: null,
  torch: (p, { inputs: [input = []] }) => ({
    module: pythonCall('nn.Dropout', [p.rate]),
    call: `x * m(x.new_ones(${['len(x)', ...input.slice(1).map(() => '1')].join(', ')}))`,
    layout: 'last',
    weights: {},
  }),
  keras: (p, { inputs: [input = []] }) => ({
    call: `layers.Dropout(${p.rate}, noise_shape=${python([null, ...input.slice(1).map(() => 1)])})(x)`,
  }),
  cases: [
    { params: { rate: 0.001 }, in: [[null, 5, 4, 3]], out: [[null, 5, 4, 3]], weights: 0 },
    { params: { rate: 0 }, in: [[null, 6, 2]], out: [[null, 6, 2]], weights: 0 },
  ],
});
