import { defineLayer, shaped } from '../define';
import { pythonCall } from '../emit';
import { dropRate, RANDOM, readRate } from '../shared/dropping';
import { alphaDropoutScaling, SATURATION } from '../shared/masks';

/**
 * Dropout for networks of SELU: in training sets numbers to SELU's negative limit with probability `rate`, then scales
 * and shifts all so that mean 0 and variance 1 stay; else does nothing.
 * Input:  [batch, …]     Output: same
 * Klambauer, Unterthiner, Mayr & Hochreiter 2017, "Self-normalizing neural networks", "New dropout technique".
 */
export const alphaDropout = defineLayer({
  type: 'alphaDropout',
  family: 'regularisation',
  title: 'Alpha dropout',
  summary: 'Dropout after SELU: drops numbers to SELU’s negative limit, so that mean and variance stay.',
  keywords: ['regularization', 'selu', 'self-normalizing', 'self-normalising'],
  reference: 'Klambauer, Unterthiner, Mayr & Hochreiter 2017, Self-normalizing neural networks',
  params: { rate: dropRate(0.05) },
  shape: ([input = []]) => shaped(input),
  // As for dropout, stock tfjs's random numbers can't be repeated.
  trainsItself: true,
  notCompared: RANDOM,
  forward: (tf, [x], _weights, p, context) => {
    if (!context.training || p.rate === 0) return x;
    const { a, b } = alphaDropoutScaling(p.rate);
    // Both from the beginning of the stream: they drop the same numbers.
    const factor = context.draws.dropping(x.shape, p.rate, { dropped: 0, kept: a });
    const offset = context.draws.dropping(x.shape, p.rate, { dropped: a * SATURATION + b, kept: b });
    return tf.add(tf.mul(x, factor), offset);
  },
  lower: (p) => [{ className: 'AlphaDropout', config: { rate: p.rate } }],
  reads: { AlphaDropout: readRate },
  formula: (_inputs, _outputs, p) => {
    const rate = { text: `${p.rate}`, param: 'rate' };
    const { a, b } = alphaDropoutScaling(p.rate);
    const limit = (-SATURATION).toFixed(4);
    return [
      {
        title: 'While training',
        lines: [
          [`y = a·x + b, or a·(−${limit}) + b with probability `, rate],
          ['a = ((1 − ', rate, ')·(1 + ', rate, `·${limit}²))^−½ = `, { text: `${Number(a.toFixed(4))}`, result: true }],
          ['b = a·', rate, `·${limit} = `, { text: `${Number(b.toFixed(4))}`, result: true }],
        ],
      },
    ];
  },
  telling: (p) => `rate ${p.rate}`,
  macs: null,
  torch: (p) => ({ module: pythonCall('nn.AlphaDropout', [p.rate]), call: 'm(x)', layout: 'last', weights: {} }),
  keras: (p) => ({ call: `${pythonCall('layers.AlphaDropout', [p.rate])}(x)` }),
  cases: [
    { in: [[null, 120]], out: [[null, 120]], weights: 0 },
    { params: { rate: 0.3 }, in: [[null, 5, 4, 3]], out: [[null, 5, 4, 3]], weights: 0 },
    { params: { rate: 0 }, in: [[null, 6, 2]], out: [[null, 6, 2]], weights: 0 },
  ],
});
