import { err, ok } from '@/core/result';
import { defineLayer, refused, shaped } from '../define';
import { pythonCall } from '../emit';
import {
  activationDefinition,
  activationLabel,
  activationLayer,
  activationParam,
  isOverLastAxis,
  kerasActivation,
  ownActivation,
  readActivation,
  torchActivation,
} from '../shared/activations';
import { rankProblem } from '../shared/rank';
import { refuseUnless } from '../shared/stock';

/**
 * A function of each number; softmax and log-softmax weigh the numbers of the last axis against each other.
 * Input:  [batch, …]     Output: same
 * Goodfellow, Bengio & Courville 2016, "Deep Learning", §6.2–6.3.
 */
export const activation = defineLayer({
  type: 'activation',
  family: 'activation',
  title: 'Activation',
  summary: 'Bends each number, so that layers together say more than one line.',
  keywords: ['relu', 'sigmoid', 'tanh', 'softmax', 'elu', 'selu', 'gelu', 'swish', 'silu', 'nonlinearity', 'function'],
  shortcut: 'r',
  reference: 'Goodfellow, Bengio & Courville 2016, Deep Learning, §6.2–6.3',
  params: { activation: activationParam('relu') },
  shape: ([input = []], p) => {
    const wrongRank = isOverLastAxis(p.activation) ? rankProblem(input, [1, 2, 3, 4]) : null;
    return wrongRank ? refused(wrongRank) : shaped(input);
  },
  // Alone the function is the whole of it, so here it is not left to a layer after.
  forward: (tf, [x], _weights, p) => ownActivation(p.activation)?.(tf, x) ?? x,
  lower: (p) => {
    const { className, config } = activationLayer(p.activation);
    return [{ className, config }];
  },
  reads: {
    Activation: (config) => {
      const name = readActivation(config.activation);
      return name ? ok({ activation: name }) : err(`its activation ${JSON.stringify(config.activation)} is unknown`);
    },
    ReLU: (config) => {
      const refusal = refuseUnless(config, { maxValue: [6], negativeSlope: [0], threshold: [0] });
      return refusal ? err(refusal) : ok({ activation: config.maxValue === 6 ? 'relu6' : 'relu' });
    },
    Softmax: (config) => {
      const refusal = refuseUnless(config, { axis: [-1] });
      return refusal ? err(refusal) : ok({ activation: 'softmax' });
    },
  },
  formula: (_inputs, _outputs, p) => [
    {
      title: activationLabel(p.activation),
      lines: [
        [
          isOverLastAxis(p.activation) ? 'f(x)ᵢ = ' : 'f(x) = ',
          { text: activationDefinition(p.activation), param: 'activation' },
        ],
      ],
    },
  ],
  kind: (p) => activationLabel(p.activation),
  macs: null,
  torch: (p, { inputs: [input = []] }) => {
    // Channels first only where the axis matters and there is more than one.
    const layout = isOverLastAxis(p.activation) && input.length > 2 ? 'first' : 'last';
    return { module: null, call: torchActivation(p.activation, 'x', layout), layout, weights: {} };
  },
  keras: (p) => ({ call: `${pythonCall('layers.Activation', [kerasActivation(p.activation) ?? 'linear'])}(x)` }),
  cases: [
    { in: [[null, 28, 28, 6]], out: [[null, 28, 28, 6]], weights: 0 },
    { params: { activation: 'softmax' }, in: [[null, 10]], out: [[null, 10]], weights: 0 },
    { params: { activation: 'logSoftmax' }, in: [[null, 2, 3, 4]], out: [[null, 2, 3, 4]], weights: 0 },
    { params: { activation: 'hardSigmoid' }, in: [[null, 5, 3]], out: [[null, 5, 3]], weights: 0 },
    { params: { activation: 'hardSwish' }, in: [[null, 2, 5, 3]], out: [[null, 2, 5, 3]], weights: 0 },
    { params: { activation: 'geluTanh' }, in: [[null, 2, 3, 4, 2]], out: [[null, 2, 3, 4, 2]], weights: 0 },
  ],
});
