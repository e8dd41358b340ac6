import { channels, elements } from '@/core/shape';
import { defineLayer, refused, shaped } from '../define';
import { pythonCall } from '../emit';
import { affine, affineParams, affineTorchWeights, affineWeights, learnedLine, normalForm } from '../shared/affine';
import { lonelyProblem } from '../shared/lonely';
import { normalise } from '../shared/normalise';
import { rankProblem } from '../shared/rank';

/**
 * Instance normalisation: each channel of each example brought to mean 0 and variance 1 over its positions; then scaled
 * and shifted per channel.
 * Input:  [batch, …, channels]     Output: same
 * Ulyanov, Vedaldi & Lempitsky 2016, "Instance normalization", eq. 2.
 */
export const instanceNorm = defineLayer({
  type: 'instanceNorm',
  family: 'normalisation',
  title: 'Instance norm',
  summary: 'Brings each channel of each example to mean 0 and variance 1: contrast goes, the pattern stays.',
  keywords: ['instance normalization', 'normalisation', 'in', 'style transfer'],
  reference: 'Ulyanov, Vedaldi & Lempitsky 2016, Instance normalization, eq. 2',
  params: affineParams,
  shape: ([input = []]) => {
    const wrongRank = rankProblem(input, [2, 3, 4]);
    if (wrongRank) return refused(wrongRank);
    const spatial = input.slice(1, -1);
    const lonely = lonelyProblem(input, 'Each channel', { text: spatial.join('·'), value: elements(spatial) });
    return lonely ? refused(lonely) : shaped(input);
  },
  weights: ([input = []], p) => affineWeights([channels(input)], p),
  forward: (tf, [x], weights, p) => {
    const rows = tf.reshape(x, [x.shape[0] ?? 1, -1, x.shape.at(-1) ?? 1]);
    return affine(tf, tf.reshape(normalise(tf, rows, [1], p.epsilon), x.shape), weights);
  },
  macs: null,
  formula: ([input = []], _outputs, p) => [
    normalForm('Each number, μ and σ² its channel’s in its example', p),
    {
      title: 'Numbers in a mean',
      lines: [
        [
          { text: input.slice(1, -1).join('·') || '1', input: true },
          ' = ',
          { text: elements(input.slice(1, -1)).toLocaleString('en'), result: true },
        ],
      ],
    },
    { title: 'Parameters', lines: [learnedLine(channels(input), p)] },
  ],
  torch: (p, { inputs: [input = []] }) => ({
    module: pythonCall(`nn.InstanceNorm${input.length - 2}d`, [channels(input)], {
      eps: p.epsilon === 1e-5 ? undefined : p.epsilon,
      affine: p.scale || p.center ? true : undefined,
    }),
    call: 'm(x)',
    layout: 'first',
    weights: affineTorchWeights(p),
  }),
  keras: (p) => ({
    call: `${pythonCall('layers.GroupNormalization', [], {
      groups: -1,
      epsilon: p.epsilon,
      center: p.center ? undefined : false,
      scale: p.scale ? undefined : false,
    })}(x)`,
  }),
  cases: [
    { in: [[null, 4, 5, 6]], out: [[null, 4, 5, 6]], weights: 12 },
    { params: { scale: false }, in: [[null, 7, 3]], out: [[null, 7, 3]], weights: 3 },
    { params: { center: false, epsilon: 1e-3 }, in: [[null, 2, 3, 4, 5]], out: [[null, 2, 3, 4, 5]], weights: 5 },
    { params: { scale: false, center: false }, in: [[null, 3, 2, 4]], out: [[null, 3, 2, 4]], weights: 0 },
  ],
});
