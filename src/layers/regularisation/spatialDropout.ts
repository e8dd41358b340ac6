import { channels } from '@/core/shape';
import { defineLayer, refused, shaped } from '../define';
import { pythonCall } from '../emit';
import { ownStock } from '../own';
import { dropFormulas, dropRate, RANDOM, readRate } from '../shared/dropping';
import { rankProblem } from '../shared/rank';

/**
 * Dropout of whole channels: each example's channel is kept or set to 0 at all its places together, since neighbours
 * say much the same and would fill in for what is dropped.
 * Input:  [batch, …, channels]     Output: same
 * Tompson, Goroshin, Jain, LeCun & Bregler 2015, "Efficient object localization using convolutional networks", §3.2.
 */
export const spatialDropout = defineLayer({
  type: 'spatialDropout',
  family: 'regularisation',
  title: 'Spatial dropout',
  summary: 'While training, sets a random share of the channels to 0, each at all its places.',
  keywords: ['regularization', 'drop', 'channel', 'feature map'],
  reference: 'Tompson, Goroshin, Jain, LeCun & Bregler 2015, Efficient object localization using CNNs, §3.2',
  params: { rate: dropRate(0.2) },
  shape: ([input = []]) => {
    const wrongRank = rankProblem(input, [2, 3, 4]);
    return wrongRank ? refused(wrongRank) : shaped(input);
  },
  // As for dropout, stock tfjs's random numbers can't be repeated.
  trainsItself: true,
  notCompared: RANDOM,
  forward: (tf, [x], _weights, p, context) => {
    if (!context.training || p.rate === 0) return x;
    const [batch = 1] = x.shape;
    const count = x.shape.at(-1) ?? 1;
    return tf.mul(x, context.draws.dropping([batch, ...x.shape.slice(1, -1).map(() => 1), count], p.rate));
  },
  // tfjs has it for sequences alone.
  lower: (p, { inputs: [input = []] }) =>
    input.length === 3 ? [{ className: 'SpatialDropout1D', config: { rate: p.rate } }] : ownStock('spatialDropout', p),
  reads: { SpatialDropout1D: readRate, SpatialDropout2D: readRate, SpatialDropout3D: readRate },
  formula: ([input = []], _outputs, p) => [
    {
      title: 'Channels dropped on average',
      lines: [
        [
          { text: `${p.rate}`, param: 'rate' },
          '·',
          { text: `${channels(input)}`, input: true },
          ' = ',
          { text: `${Number((p.rate * channels(input)).toFixed(2))}`, result: true },
        ],
      ],
    },
    ...dropFormulas(p.rate),
  ],
  telling: (p) => `rate ${p.rate}`,
  macs: null,
  torch: (p, { inputs: [input = []] }) => ({
    module: pythonCall(`nn.Dropout${input.length - 2}d`, [p.rate]),
    call: 'm(x)',
    layout: 'first',
    weights: {},
  }),
  keras: (p, { inputs: [input = []] }) => ({
    call: `${pythonCall(`layers.SpatialDropout${input.length - 2}D`, [p.rate])}(x)`,
  }),
  cases: [
    { in: [[null, 5, 4, 16]], out: [[null, 5, 4, 16]], weights: 0 },
    { params: { rate: 0.1 }, in: [[null, 7, 24]], out: [[null, 7, 24]], weights: 0 },
    { params: { rate: 0.1 }, in: [[null, 2, 3, 4, 16]], out: [[null, 2, 3, 4, 16]], weights: 0 },
    { params: { rate: 0 }, in: [[null, 3, 2, 2]], out: [[null, 3, 2, 2]], weights: 0 },
  ],
});
