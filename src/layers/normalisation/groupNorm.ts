import { int } from '@/core/params';
import { problem } from '@/core/problem';
import { channels, elements, formatShape } from '@/core/shape';
import { defineLayer, refused, shaped } from '../define';
import { pythonCall } from '../emit';
import { affine, affineParams, affineTorchWeights, affineWeights, learnedLine, normalForm } from '../shared/affine';
import { lonelyProblem } from '../shared/lonely';
import { normalise } from '../shared/normalise';
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
    ...affineParams,
  },
  shape: ([input = []], p) => {
    const wrongRank = rankProblem(input, [1, 2, 3, 4]);
    if (wrongRank) return refused(wrongRank);
    const count = channels(input);
    const positions = elements(input.slice(1, -1));
    const divisors = Array.from({ length: Math.min(count, 65536) }, (_, i) => i + 1).filter(
      (n) => count % n === 0 && (count / n) * positions > 1,
    );
    if (count % p.groups === 0) {
      const each = { text: `${count}/${p.groups}·${positions}`, value: (count / p.groups) * positions };
      const fewer = divisors.slice(-1).map((groups) => ({ title: `groups ${groups}`, params: { groups } }));
      const lonely = lonelyProblem(input, 'Each group', each, fewer);
      return lonely ? refused(lonely) : shaped(input);
    }
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
  weights: ([input = []], p) => affineWeights([channels(input)], p),
  forward: (tf, [x], weights, p) => {
    const each = (x.shape.at(-1) ?? 1) / p.groups;
    const grouped = tf.reshape(x, [x.shape[0] ?? 1, -1, p.groups, each]);
    return affine(tf, tf.reshape(normalise(tf, grouped, [1, 3], p.epsilon), x.shape), weights);
  },
  macs: null,
  formula: ([input = []], _outputs, p) => {
    const count = channels(input);
    return [
      normalForm('Each number, μ and σ² its group’s', p),
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
      { title: 'Parameters', lines: [learnedLine(count, p)] },
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
      weights: affineTorchWeights(p),
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
    { params: { groups: 2, center: false }, in: [[null, 2, 3, 4, 6]], out: [[null, 2, 3, 4, 6]], weights: 6 },
    { params: { groups: 1, scale: false, center: false }, in: [[null, 5, 4]], out: [[null, 5, 4]], weights: 0 },
  ],
});
