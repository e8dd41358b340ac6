import { float } from '@/core/params';
import { ok } from '@/core/result';
import { defineLayer, shaped } from '../define';
import { pythonCall } from '../emit';
import { ownStock } from '../own';

/**
 * Exponential linear unit: f(x) = x for x > 0, α(eˣ − 1) otherwise.
 * Input:  [batch, …]     Output: same
 * Clevert, Unterthiner & Hochreiter 2016, "Fast and accurate deep network learning by exponential linear units", eq. 13.
 */
export const elu = defineLayer({
  type: 'elu',
  family: 'activation',
  title: 'ELU',
  summary: 'Bends negative numbers smoothly towards −α, which brings means nearer to 0 than ReLU does.',
  keywords: ['exponential linear unit', 'nonlinearity'],
  reference: 'Clevert, Unterthiner & Hochreiter 2016, Fast and accurate deep network learning by ELUs, eq. 13',
  params: {
    alpha: float({ label: 'α', hint: 'Very negative numbers come to −α.', min: 0, max: 100, default: 1 }),
  },
  shape: ([input = []]) => shaped(input),
  forward: (tf, [x], _weights, p) => tf.add(tf.relu(x), tf.mul(tf.elu(tf.minimum(x, 0)), p.alpha)),
  // The stock layer knows no other α.
  lower: (p) => (p.alpha === 1 ? [{ className: 'ELU', config: { alpha: 1 } }] : ownStock('elu', p)),
  reads: { ELU: ({ alpha }) => ok({ alpha: typeof alpha === 'number' ? alpha : 1 }) },
  formula: (_inputs, _outputs, p) => [
    {
      title: 'ELU',
      lines: [['f(x) = x for x > 0, ', { text: `${p.alpha}`, param: 'alpha' }, '·(eˣ − 1) otherwise']],
    },
  ],
  telling: (p) => `α ${p.alpha}`,
  macs: null,
  torch: (p) => ({
    module: null,
    call: pythonCall('F.elu', [{ source: 'x' }], { alpha: p.alpha === 1 ? undefined : p.alpha }),
    layout: 'last',
    weights: {},
  }),
  keras: (p) => ({ call: `${pythonCall('layers.ELU', [], { alpha: p.alpha === 1 ? undefined : p.alpha })}(x)` }),
  cases: [
    { in: [[null, 10]], out: [[null, 10]], weights: 0 },
    { params: { alpha: 0.3 }, in: [[null, 4, 3, 2]], out: [[null, 4, 3, 2]], weights: 0 },
  ],
});
