import { bool, type ParamValues } from '@/core/params';
import { ok } from '@/core/result';
import { defineLayer } from '../define';
import { ownStock } from '../own';
import {
  cellActivationOf,
  type Cell,
  gateActivation,
  gateOf,
  recurrentMacs,
  recurrentParams,
  recurrentShape,
  recurrentWeights,
  runRecurrent,
  weightNames,
} from '../shared/recurrence';
import { recurrentKeras, recurrentTorch } from '../shared/recurrentEmit';
import { activationTerm, plusBias, recurrentFormula, recurrentTelling } from '../shared/recurrentFormula';
import { readGate, recurrentReaders, recurrentStock } from '../shared/recurrentStock';

const params = {
  ...recurrentParams,
  gateActivation,
  resetAfter: bool({
    label: 'Reset after product',
    advanced: true,
    hint: 'As PyTorch and Keras 3 have it; else the reset gate comes before the product, as in the paper.',
    default: true,
  }),
};
type Params = ParamValues<typeof params>;

/** PyTorch has the reset gate before the update gate; Keras has update, reset, candidate. */
const torchOrder = [1, 0, 2];

/** Of large cases: stock tfjs takes long to draw large orthogonal matrices. */
const recurrentInitializer = 'glorotUniform';

/** Gates in the order of Keras: update z, reset r, candidate. */
const cell: Cell<Params> = {
  gates: 3,
  states: 1,
  // The candidate's bias beside h·U is under the reset gate, so it can't be one with that beside x·W.
  biasShape: (p) => (p.resetAfter ? [2, 3 * p.units] : [3 * p.units]),
  ready: (tf, { recurrentKernel, bias }, p) => {
    const { units } = p;
    const activation = cellActivationOf(tf, p);
    const gate = gateOf(tf, p.gateActivation);
    if (p.resetAfter) {
      const [inputBias, recurrentBias] = bias ? tf.unstack(bias) : [];
      return {
        bias: inputBias,
        step: (input, [h]) => {
          const product = tf.matMul(h!, recurrentKernel!);
          const recurrent = recurrentBias ? tf.add(product, recurrentBias) : product;
          const [zr, xCandidate] = tf.split(input, [2 * units, units], 1);
          const [hGates, hCandidate] = tf.split(recurrent, [2 * units, units], 1);
          const [z, r] = tf.split(gate(tf.add(zr!, hGates!)), 2, 1);
          const candidate = activation(tf.add(xCandidate!, tf.mul(r!, hCandidate!)));
          return [tf.add(candidate, tf.mul(z!, tf.sub(h!, candidate)))];
        },
      };
    }
    const [gatesKernel, candidateKernel] = tf.split(recurrentKernel!, [2 * units, units], 1);
    return {
      bias,
      step: (input, [h]) => {
        const [zr, xCandidate] = tf.split(input, [2 * units, units], 1);
        const [z, r] = tf.split(gate(tf.add(zr!, tf.matMul(h!, gatesKernel!))), 2, 1);
        const candidate = activation(tf.add(xCandidate!, tf.matMul(tf.mul(r!, h!), candidateKernel!)));
        return [tf.add(candidate, tf.mul(z!, tf.sub(h!, candidate)))];
      },
    };
  },
};

/**
 * Gated recurrent unit: z, r = σ(xₜW + hₜ₋₁U + b), each with its own W, U, b; the candidate h̃ is
 * tanh(xₜW + (r·hₜ₋₁)U + b), or tanh(xₜW + b + r·(hₜ₋₁U + b′)) where the reset comes after the product;
 * hₜ = z·hₜ₋₁ + (1 − z)·h̃, with h₀ = 0. Directions as in the simple recurrent network.
 * Input:  [batch, steps, features]     Output: [batch, units], or [batch, steps, units] for the whole sequence;
 * 2·units where both directions are concatenated.
 * Cho et al. 2014, §2.3; reset after the product: version 1 of that paper.
 */
export const gru = defineLayer({
  type: 'gru',
  family: 'sequence',
  title: 'GRU',
  summary: 'Reads a sequence step by step; two gates decide how much of its memory it renews.',
  keywords: ['gated recurrent unit', 'recurrent', 'rnn', 'bidirectional'],
  reference: 'Cho, van Merriënboer, Gulcehre, Bahdanau, Bougares, Schwenk & Bengio 2014, §2.3',
  params,
  shape: (inputs, p) => recurrentShape(inputs, p, cell.gates),
  weights: (inputs, p) => recurrentWeights(inputs, p, cell),
  // The stock layer takes the input's products step by step; here they are one.
  trainsItself: true,
  forward: (tf, [x], weights, p) => runRecurrent(tf, x, weights, p, cell),
  lower: (p, context) =>
    p.resetAfter
      ? ownStock(
          'gru',
          p,
          weightNames(p).map(({ own }) => own),
        )
      : recurrentStock('GRU', p, context, { recurrentActivation: p.gateActivation, resetAfter: false }),
  reads: recurrentReaders<Params>('GRU', (config) => {
    const gate = readGate(config);
    return gate.ok ? ok({ gateActivation: gate.value, resetAfter: config.resetAfter === true }) : gate;
  }),
  field: () => 'all',
  macs: ([input = []], _outputs, p) => recurrentMacs(input, p, cell.gates),
  formula: (inputs, _outputs, p) => {
    const sigma = { text: p.gateActivation === 'sigmoid' ? 'σ' : 'hard σ', param: 'gateActivation' };
    const gate = [sigma, '(x·W + h·U', ...plusBias(p), ')'];
    const reset = { text: 'r', param: 'resetAfter' };
    return recurrentFormula(inputs, p, {
      title: 'At each step, each line’s W, U and b its own',
      lines: [
        ['update gate z = ', ...gate],
        ['reset gate r = ', ...gate],
        [
          'candidate h̃ = ',
          activationTerm(p),
          ...(p.resetAfter
            ? ['(x·W', ...plusBias(p), ' + ', reset, '·(h·U', ...plusBias(p, 'b′'), '))']
            : ['(x·W + (', reset, '·h)·U', ...plusBias(p), ')']),
        ],
        ['h ← z·h + (1 − z)·h̃'],
      ],
      gates: cell.gates,
      biases: p.resetAfter ? 2 : 1,
    });
  },
  torch: (p, { inputs: [input = []] }) => {
    if (!p.resetAfter) return { none: 'PyTorch’s nn.GRU takes the reset gate after the product alone.' };
    if (p.cellActivation !== 'tanh' || p.gateActivation !== 'sigmoid') {
      return { none: 'PyTorch’s nn.GRU has no activations but tanh and the sigmoid.' };
    }
    const blocks = { axis: 0, order: torchOrder };
    return recurrentTorch(input, p, {
      module: 'nn.GRU',
      order: torchOrder,
      bias: (own) => [
        { from: own, take: { axis: 0, index: 0 }, blocks },
        { from: own, take: { axis: 0, index: 1 }, blocks },
      ],
    });
  },
  keras: (p) => {
    if (p.gateActivation !== 'sigmoid') return { none: 'The hard sigmoid of Keras 3 has another slope.' };
    return recurrentKeras('GRU', p, { reset_after: p.resetAfter ? undefined : false });
  },
  telling: (p) => recurrentTelling(p),
  cases: [
    // Keras' guide to recurrent networks, after an embedding of 64: 3·(64·256 + 256·256 + 2·256).
    {
      params: { units: 256, recurrentInitializer, returnSequences: true },
      in: [[null, 2, 64]],
      out: [[null, 2, 256]],
      weights: 247_296,
    },
    { params: { units: 5 }, in: [[null, 3, 4]], out: [[null, 5]], weights: 3 * (4 * 5 + 5 * 5 + 2 * 5) },
    {
      params: { units: 5, resetAfter: false, returnSequences: true },
      in: [[null, 3, 4]],
      out: [[null, 3, 5]],
      weights: 3 * (4 * 5 + 5 * 5 + 5),
    },
    {
      params: { units: 3, direction: 'both', returnSequences: true },
      in: [[null, 4, 2]],
      out: [[null, 4, 6]],
      weights: 2 * 3 * (2 * 3 + 3 * 3 + 2 * 3),
    },
    {
      params: { units: 3, direction: 'both', merge: 'average', bias: false },
      in: [[null, 4, 2]],
      out: [[null, 3]],
      weights: 2 * 3 * (2 * 3 + 3 * 3),
    },
    {
      params: { units: 3, direction: 'both', resetAfter: false, gateActivation: 'hardSigmoid' },
      in: [[null, 4, 2]],
      out: [[null, 6]],
      weights: 2 * 3 * (2 * 3 + 3 * 3 + 3),
    },
    {
      params: { units: 4, direction: 'backward', cellActivation: 'relu' },
      in: [[null, 3, 2]],
      out: [[null, 4]],
      weights: 3 * (2 * 4 + 4 * 4 + 2 * 4),
    },
  ],
});
