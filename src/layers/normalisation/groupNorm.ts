import { bool, float, int } from '@/core/params';
import { problem } from '@/core/problem';
import { channels, formatShape } from '@/core/shape';
import { defineLayer, refused, shaped } from '../define';
import { pythonCall } from '../emit';
import { rankProblem } from '../shared/rank';

/**
 * Group normalisation: each example's channels in groups, each group brought to mean 0 and variance 1 over its
 * channels and all positions; then scaled and shifted per channel.
 * Input:  [batch, …, channels]     Output: same
 * Wu & He 2018, "Group normalization", eq. 1 and 7.
 */
export const groupNorm = defineLayer({
  type: 'groupNorm',
  family: 'normalisation',
  title: 'Group norm',
  summary: 'Brings groups of channels of each example to mean 0 and variance 1, then scales and shifts them.',
  keywords: ['group normalization', 'normalisation', 'gn'],
  reference: 'Wu & He 2018, Group normalization, eq. 1 and 7',
  params: {
    groups: int({ label: 'Groups', min: 1, max: 65536, default: 8 }),
    epsilon: float({ label: 'ε', hint: 'Added to the variance.', min: 0, max: 1, default: 1e-5 }),
    scale: bool({ label: 'Scale γ', default: true }),
    center: bool({ label: 'Shift β', default: true }),
  },
  shape: ([input = []], p) => {
    const wrongRank = rankProblem(input, [1, 2, 3, 4]);
    if (wrongRank) return refused(wrongRank);
    const count = channels(input);
    if (count % p.groups === 0) return shaped(input);
    const divisors = Array.from({ length: Math.min(count, 65536) }, (_, i) => i + 1).filter((n) => count % n === 0);
    const nearest = divisors.toSorted((a, b) => Math.abs(a - p.groups) - Math.abs(b - p.groups)).slice(0, 3);
    return refused(
      problem(
        'groups.divide',
        `The ${count} channels of ${formatShape(input)} don’t fall into ${p.groups} equal groups: ` +
          `${count}/${p.groups} = ${Number((count / p.groups).toFixed(3))}.`,
        {
          expected: `a divisor of ${count}`,
          got: `${p.groups}`,
          params: ['groups'],
          fixes: nearest.map((groups) => ({ title: `groups ${groups}`, params: { groups } })),
        },
      ),
    );
  },
  weights: ([input = []], p) => {
    const shape = [channels(input)];
    return {
      ...(p.scale && { gamma: { shape, initializer: 'ones', trainable: true } }),
      ...(p.center && { beta: { shape, initializer: 'zeros', trainable: true } }),
    };
  },
  forward: (tf, [x], { gamma, beta }, p) => {
    const [batch = 1] = x.shape;
    const each = (x.shape.at(-1) ?? 1) / p.groups;
    const grouped = tf.reshape(x, [batch, -1, p.groups, each]);
    const { mean, variance } = tf.moments(grouped, [1, 3], true);
    const normal = tf.reshape(tf.mul(tf.sub(grouped, mean), tf.rsqrt(tf.add(variance, p.epsilon))), x.shape);
    const scaled = gamma ? tf.mul(normal, gamma) : normal;
    return beta ? tf.add(scaled, beta) : scaled;
  },
  macs: null,
  formula: ([input = []], _outputs, p) => {
    const count = channels(input);
    const learned = Number(p.scale) + Number(p.center);
    return [
      {
        title: 'Each number, μ and σ² its group’s',
        lines: [
          [
            'y = ',
            ...(p.scale ? [{ text: 'γ', param: 'scale' }, '·'] : []),
            '(x − μ)/√(σ² + ',
            { text: `${p.epsilon}`, param: 'epsilon' },
            ')',
            ...(p.center ? [' + ', { text: 'β', param: 'center' }] : []),
          ],
        ],
      },
      {
        title: 'Channels in a group',
        lines: [
          [
            { text: `${count}`, input: true },
            '/',
            { text: `${p.groups}`, param: 'groups' },
            ' = ',
            { text: `${Number((count / p.groups).toFixed(3))}`, result: true },
          ],
        ],
      },
      {
        title: 'Parameters',
        lines: [
          [`${learned}·`, { text: `${count}`, input: true }, ' = ', { text: (learned * count).toLocaleString('en'), result: true }],
        ],
      },
    ];
  },
  torch: (p, { inputs: [input = []] }) => {
    const affine = p.scale || p.center;
    return {
      module: pythonCall('nn.GroupNorm', [p.groups, channels(input)], {
        eps: p.epsilon === 1e-5 ? undefined : p.epsilon,
        affine: affine ? undefined : false,
      }),
      call: 'm(x)',
      layout: 'first',
      weights: { ...(p.scale && { weight: { from: 'gamma' } }), ...(p.center && { bias: { from: 'beta' } }) },
    };
  },
  keras: (p) => ({
    call: `${pythonCall('layers.GroupNormalization', [p.groups], {
      epsilon: p.epsilon,
      center: p.center ? undefined : false,
      scale: p.scale ? undefined : false,
    })}(x)`,
  }),
  telling: (p) => `${p.groups} ${p.groups === 1 ? 'group' : 'groups'}`,
  cases: [
    { params: { groups: 2 }, in: [[null, 4, 4, 6]], out: [[null, 4, 4, 6]], weights: 12 },
    { params: { groups: 3, scale: false }, in: [[null, 9]], out: [[null, 9]], weights: 9 },
    { params: { groups: 1, scale: false, center: false }, in: [[null, 5, 4]], out: [[null, 5, 4]], weights: 0 },
  ],
});
