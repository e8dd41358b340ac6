import { bool, initializer, int } from '@/core/params';
import { err, ok } from '@/core/result';
import { channels, type Shape } from '@/core/shape';
import { defineLayer, refused, shaped, type Term } from '../define';
import { pythonCall } from '../emit';
import {
  activated,
  activationParam,
  kerasActivation,
  readActivation,
  torchActivation,
  withActivationLabel,
} from '../shared/activations';
import { kerasRegularizer, penaltyOf, penaltyParams, readPenalty, stockRegularizer } from '../shared/penalty';
import { rankProblem } from '../shared/rank';
import { readInitializer } from '../shared/stock';

/** Over how many places the same units are laid: the steps of a sequence, 1 for a vector. */
const stepsOf = (input: Shape): number => (input.length > 2 ? (input[1] ?? 1) : 1);

/**
 * Fully connected layer: z = xW + b, then the activation; on a sequence, the same at each step.
 * Input:  [batch, features] or [batch, steps, features]     Output: [batch, units] or [batch, steps, units]
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
    ...penaltyParams,
  },
  shape: ([input = []], p) => {
    const wrongRank = rankProblem(input, [1, 2]);
    return wrongRank ? refused(wrongRank) : shaped([...input.slice(0, -1), p.units]);
  },
  weights: ([input = []], p) => ({
    kernel: {
      shape: [channels(input), p.units],
      initializer: p.initializer,
      trainable: true,
      penalty: penaltyOf(p),
    },
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
          kernelRegularizer: stockRegularizer(p),
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
      const penalty = readPenalty(config);
      if (!penalty.ok) return penalty;
      const initializer = readInitializer(config.kernelInitializer, 'glorotUniform');
      return ok({ units: config.units, activation, bias: config.useBias !== false, initializer, ...penalty.value });
    },
  },
  macs: ([input = []], _outputs, p) => stepsOf(input) * channels(input) * p.units,
  formula: ([input = []], _outputs, p) => {
    const features: Term = { text: `${channels(input)}`, input: true };
    const units: Term = { text: `${p.units}`, param: 'units' };
    const products = channels(input) * p.units;
    const steps = stepsOf(input);
    return [
      {
        title: 'Parameters',
        lines: [
          [
            features,
            '·',
            units,
            ...(p.bias ? [' + ', { text: `${p.units}`, param: 'bias' }] : []),
            ' = ',
            { text: (products + (p.bias ? p.units : 0)).toLocaleString('en'), result: true },
          ],
        ],
      },
      {
        title: 'Multiply-adds',
        lines: [
          [
            ...(steps > 1 ? [{ text: `${steps}`, input: true } as const, '·'] : []),
            features,
            '·',
            units,
            ' = ',
            { text: (steps * products).toLocaleString('en'), result: true },
          ],
        ],
      },
    ];
  },
  telling: (p) => `${p.units} ${p.units === 1 ? 'unit' : 'units'}`,
  kind: (p) => withActivationLabel('Dense', p.activation),
  torch: (p, { inputs: [input = []] }) => ({
    module: pythonCall('nn.Linear', [channels(input), p.units], { bias: p.bias ? undefined : false }),
    call: torchActivation(p.activation, 'm(x)', 'last'),
    layout: 'last',
    weights: {
      weight: { from: 'kernel', permute: [1, 0] },
      ...(p.bias && { bias: { from: 'bias' } }),
    },
  }),
  keras: (p) => ({
    call: `${pythonCall('layers.Dense', [p.units], {
      activation: kerasActivation(p.activation),
      use_bias: p.bias ? undefined : false,
      kernel_regularizer: kerasRegularizer(p),
    })}(x)`,
  }),
  cases: [
    // LeNet-5's 400 → 120.
    { params: { units: 120 }, in: [[null, 400]], out: [[null, 120]], weights: 48_120 },
    { params: { units: 1, bias: false, activation: 'sigmoid' }, in: [[null, 3]], out: [[null, 1]], weights: 3 },
    // A position-wise layer of the transformer, narrowed: 6·8 + 8 weights whatever the steps.
    { params: { units: 8, activation: 'relu', l2: 0.01 }, in: [[null, 5, 6]], out: [[null, 5, 8]], weights: 56 },
    { params: { units: 3, activation: 'softmax', l1: 1e-4 }, in: [[null, 4, 2]], out: [[null, 4, 3]], weights: 9 },
    { params: { units: 4, activation: 'hardSwish' }, in: [[null, 6]], out: [[null, 4]], weights: 28 },
  ],
});
