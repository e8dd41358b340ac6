import { bool, initializer, int } from '@/core/params';
import { err, ok } from '@/core/result';
import { channels } from '@/core/shape';
import { defineLayer, refused, shaped } from '../define';
import { activated, activationParam, readActivation, withActivationLabel } from '../shared/activations';
import { rankProblem } from '../shared/rank';
import { readInitializer } from '../shared/stock';

/**
 * Fully connected layer: z = xW + b, then the activation.
 * Input:  [batch, features]     Output: [batch, units]
 * Goodfellow, Bengio & Courville 2016, "Deep Learning", §6.
 */
export const dense = defineLayer({
  type: 'dense',
  family: 'dense',
  title: 'Dense',
  summary: 'Connects every input to every unit.',
  keywords: ['fully connected', 'linear', 'fc', 'perceptron'],
  shortcut: 'd',
  reference: 'Goodfellow, Bengio & Courville 2016, Deep Learning, §6',
  params: {
    units: int({ label: 'Units', min: 1, max: 1_000_000, default: 10 }),
    activation: activationParam('linear'),
    bias: bool({ label: 'Bias', default: true }),
    initializer: initializer({ label: 'Initialiser', default: 'glorotUniform' }),
  },
  shape: ([input = []], p) => {
    const wrongRank = rankProblem(input, [1]);
    return wrongRank ? refused(wrongRank) : shaped([null, p.units]);
  },
  weights: ([input = []], p) => ({
    kernel: { shape: [channels(input), p.units], initializer: p.initializer, trainable: true },
    ...(p.bias && { bias: { shape: [p.units], initializer: 'zeros', trainable: true } }),
  }),
  lower: (p, context) =>
    activated(
      {
        className: 'Dense',
        config: {
          units: p.units,
          useBias: p.bias,
          kernelInitializer: context.initializer(p.initializer),
          biasInitializer: context.initializer('zeros'),
        },
        weights: p.bias ? ['kernel', 'bias'] : ['kernel'],
      },
      p.activation,
    ),
  reads: {
    Dense: (config) => {
      const activation = readActivation(config.activation);
      if (typeof config.units !== 'number') return err('its number of units is missing');
      if (!activation) return err(`its activation ${JSON.stringify(config.activation)} is unknown`);
      const initializer = readInitializer(config.kernelInitializer, 'glorotUniform');
      return ok({ units: config.units, activation, bias: config.useBias !== false, initializer });
    },
  },
  macs: ([input = []], _outputs, p) => channels(input) * p.units,
  formula: ([input = []], _outputs, p) => [
    {
      title: 'Parameters',
      lines: [
        [
          { text: `${channels(input)}`, input: true },
          '·',
          { text: `${p.units}`, param: 'units' },
          ...(p.bias ? [' + ', { text: `${p.units}`, param: 'bias' }] : []),
          ' = ',
          { text: (channels(input) * p.units + (p.bias ? p.units : 0)).toLocaleString('en'), result: true },
        ],
      ],
    },
  ],
  telling: (p) => `${p.units} ${p.units === 1 ? 'unit' : 'units'}`,
  kind: (p) => withActivationLabel('Dense', p.activation),
  torch: () => ({ none: 'TODO' }),
  keras: () => ({ none: 'TODO' }),
  cases: [
    // LeNet-5's 400 → 120.
    { params: { units: 120 }, in: [[null, 400]], out: [[null, 120]], weights: 48_120 },
    { params: { units: 1, bias: false, activation: 'sigmoid' }, in: [[null, 3]], out: [[null, 1]], weights: 3 },
  ],
});
