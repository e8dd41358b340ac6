import { float } from '@/core/params';
import { ok } from '@/core/result';
import { defineLayer, shaped } from '../define';
import { pythonCall } from '../emit';

/**
 * Leaky ReLU: f(x) = x for x > 0, αx otherwise.
 * Input:  [batch, …]     Output: same
 * Maas, Hannun & Ng 2013, "Rectifier nonlinearities improve neural network acoustic models", §2.
 */
export const leakyRelu = defineLayer({
  type: 'leakyRelu',
  family: 'activation',
  title: 'Leaky ReLU',
  summary: 'A ReLU that lets a small share of negative numbers through, so that no unit stops learning.',
  keywords: ['lrelu', 'nonlinearity', 'slope'],
  reference: 'Maas, Hannun & Ng 2013, Rectifier nonlinearities improve neural network acoustic models, §2',
  params: {
    slope: float({ label: 'Slope α', hint: 'Factor of negative numbers.', min: 0, max: 1, default: 0.01 }),
  },
  shape: ([input = []]) => shaped(input),
  lower: (p) => [{ className: 'LeakyReLU', config: { alpha: p.slope } }],
  reads: {
    LeakyReLU: (config) => {
      // Keras 3 calls it the negative slope.
      const slope = config.alpha ?? config.negativeSlope;
      return ok({ slope: typeof slope === 'number' ? slope : 0.3 });
    },
  },
  formula: (_inputs, _outputs, p) => [
    {
      title: 'Leaky ReLU',
      lines: [['f(x) = x for x > 0, ', { text: `${p.slope}`, param: 'slope' }, '·x otherwise']],
    },
  ],
  telling: (p) => `slope ${p.slope}`,
  macs: null,
  torch: (p) => ({
    module: null,
    call: pythonCall('F.leaky_relu', [{ source: 'x' }], { negative_slope: p.slope === 0.01 ? undefined : p.slope }),
    layout: 'last',
    weights: {},
  }),
  keras: (p) => ({ call: `${pythonCall('layers.LeakyReLU', [], { negative_slope: p.slope })}(x)` }),
  cases: [
    { in: [[null, 4, 4, 6]], out: [[null, 4, 4, 6]], weights: 0 },
    { params: { slope: 0.2 }, in: [[null, 10]], out: [[null, 10]], weights: 0 },
  ],
});
