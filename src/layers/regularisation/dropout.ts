import { float } from '@/core/params';
import { err, ok } from '@/core/result';
import { dropoutMask } from '../shared/masks';
import { defineLayer, shaped } from '../define';

const short = (value: number) => `${Number(value.toFixed(4))}`;

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
  params: { rate: float({ label: 'Drop rate', min: 0, max: 0.95, default: 0.5 }) },
  shape: ([input = []]) => shaped(input),
  // Stock tfjs draws from a generator of its own: unseeded no run can be repeated, seeded the mask never changes.
  trainsItself: true,
  forward: (tf, [x], _weights, p, context) => {
    if (!context.training || p.rate === 0) return x;
    return tf.mul(x, tf.tensor(dropoutMask(x.size, p.rate, context.random()), x.shape));
  },
  lower: (p) => [{ className: 'Dropout', config: { rate: p.rate } }],
  reads: {
    Dropout: (config) => {
      if (typeof config.rate !== 'number') return err('its rate is missing');
      if (config.noiseShape !== undefined && config.noiseShape !== null) {
        return err('its noise shape, by which numbers share one draw, can’t be drawn');
      }
      return ok({ rate: config.rate });
    },
  },
  formula: (_inputs, _outputs, p) => [
    {
      title: 'Share kept while training',
      lines: [['1 − ', { text: `${p.rate}`, param: 'rate' }, ' = ', { text: short(1 - p.rate), result: true }]],
    },
    {
      title: 'What is kept is scaled by',
      lines: [
        ['1/(1 − ', { text: `${p.rate}`, param: 'rate' }, ') = ', { text: short(1 / (1 - p.rate)), result: true }],
      ],
    },
  ],
  telling: (p) => `rate ${p.rate}`,
  macs: null,
  torch: () => ({ none: 'TODO' }),
  keras: () => ({ none: 'TODO' }),
  cases: [
    { in: [[null, 120]], out: [[null, 120]], weights: 0 },
    { params: { rate: 0.25 }, in: [[null, 5, 5, 16]], out: [[null, 5, 5, 16]], weights: 0 },
    { params: { rate: 0 }, in: [[null, 6, 2]], out: [[null, 6, 2]], weights: 0 },
  ],
});
