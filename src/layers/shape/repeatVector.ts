import { int } from '@/core/params';
import { err, ok } from '@/core/result';
import { channels } from '@/core/shape';
import { defineLayer, refused, shaped } from '../define';
import { rankProblem } from '../shared/rank';

/**
 * A vector at every step of a sequence: what an encoder found, for a decoder to read at each step.
 * Input:  [batch, features]     Output: [batch, count, features]
 * Cho et al. 2014, "Learning phrase representations using RNN encoder–decoder", §2.2: the context of every step.
 */
export const repeatVector = defineLayer({
  type: 'repeatVector',
  family: 'shape',
  title: 'Repeat vector',
  summary: 'Gives a vector to every step of a sequence, as an encoder hands its context to a decoder.',
  keywords: ['tile', 'expand', 'copy', 'encoder decoder', 'context'],
  reference: 'Cho et al. 2014, Learning phrase representations using RNN encoder–decoder, §2.2',
  params: { count: int({ label: 'Steps', min: 1, max: 65536, default: 10 }) },
  shape: ([input = []], p) => {
    const wrongRank = rankProblem(input, [1]);
    return wrongRank ? refused(wrongRank) : shaped([null, p.count, channels(input)]);
  },
  lower: (p) => [{ className: 'RepeatVector', config: { n: p.count } }],
  reads: {
    RepeatVector: ({ n }) => (typeof n === 'number' ? ok({ count: n }) : err('its number of steps is missing')),
  },
  formula: ([input = []], _outputs, p) => [
    {
      title: 'Output size',
      lines: [
        [
          { text: `${channels(input)}`, input: true },
          ' → ',
          { text: `${p.count}`, param: 'count' },
          { text: `×${channels(input)}`, result: true },
        ],
      ],
    },
  ],
  telling: (p) => `${p.count} steps`,
  macs: null,
  torch: (p) => ({ module: null, call: `x.unsqueeze(1).repeat(1, ${p.count}, 1)`, layout: 'last', weights: {} }),
  keras: (p) => ({ call: `layers.RepeatVector(${p.count})(x)` }),
  cases: [
    { params: { count: 4 }, in: [[null, 3]], out: [[null, 4, 3]], weights: 0 },
    { params: { count: 1 }, in: [[null, 5]], out: [[null, 1, 5]], weights: 0 },
  ],
});
