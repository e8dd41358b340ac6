import { bool, type ParamValues } from '@/core/params';
import { ok } from '@/core/result';
import { defineLayer } from '../define';
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
} from '../shared/recurrence';
import { recurrentKeras, recurrentTorch } from '../shared/recurrentEmit';
import { activationTerm, plusBias, recurrentFormula, recurrentTelling } from '../shared/recurrentFormula';
import { readGate, recurrentReaders, recurrentStock } from '../shared/recurrentStock';

const params = {
  ...recurrentParams,
  gateActivation,
  unitForgetBias: bool({
    label: 'Forget bias 1',
    advanced: true,
    hint: 'Begins with the forget gate open, so that a cell keeps what it holds.',
    default: true,
  }),
};
type Params = ParamValues<typeof params>;

/** Of large cases: stock tfjs takes long to draw large orthogonal matrices. */
const recurrentInitializer = 'glorotUniform';

/** Gates in the order of Keras: input, forget, candidate, output. */
const cell: Cell<Params> = {
  gates: 4,
  states: 2,
  biasBlocks: (p) => (p.unitForgetBias ? ['zeros', 'ones', 'zeros', 'zeros'] : undefined),
  ready: (tf, { recurrentKernel, bias }, p) => {
    const activation = cellActivationOf(tf, p);
    const gate = gateOf(tf, p.gateActivation);
    return {
      bias,
      step: (input, [h, c]) => {
        const [i, f, candidate, o] = tf.split(tf.add(input, tf.matMul(h!, recurrentKernel!)), 4, 1);
        const kept = tf.add(tf.mul(gate(f!), c!), tf.mul(gate(i!), activation(candidate!)));
        return [tf.mul(gate(o!), activation(kept)), kept];
      },
    };
  },
};

/**
 * Long short-term memory: i, f, o = σ(xₜW + hₜ₋₁U + b), c̃ = tanh(xₜW + hₜ₋₁U + b), each with its own W, U, b;
 * cₜ = f·cₜ₋₁ + i·c̃ and hₜ = o·tanh(cₜ), with h₀ = c₀ = 0. Directions as in the simple recurrent network.
 * Input:  [batch, steps, features]     Output: [batch, units], or [batch, steps, units] for the whole sequence;
 * 2·units where both directions are concatenated.
 * Hochreiter & Schmidhuber 1997; the forget gate: Gers, Schmidhuber & Cummins 2000; its bias 1: Jozefowicz, Zaremba &
 * Sutskever 2015.
 */
export const lstm = defineLayer({
  type: 'lstm',
  family: 'sequence',
  title: 'LSTM',
  summary: 'Reads a sequence step by step; gates decide what its memory takes in, keeps and gives out.',
  keywords: ['long short-term memory', 'recurrent', 'rnn', 'bidirectional'],
  reference: 'Hochreiter & Schmidhuber 1997, Long short-term memory; Gers et al. 2000, Learning to forget',
  params,
  shape: (inputs, p) => recurrentShape(inputs, p, cell.gates),
  weights: (inputs, p) => recurrentWeights(inputs, p, cell),
  // The stock layer takes the input's products step by step; here they are one.
  trainsItself: true,
  forward: (tf, [x], weights, p) => runRecurrent(tf, x, weights, p, cell),
  lower: (p, context) =>
    recurrentStock('LSTM', p, context, {
      recurrentActivation: p.gateActivation,
      unitForgetBias: p.unitForgetBias,
    }),
  reads: recurrentReaders<Params>('LSTM', (config) => {
    const gate = readGate(config);
    return gate.ok ? ok({ gateActivation: gate.value, unitForgetBias: config.unitForgetBias !== false }) : gate;
  }),
  field: () => 'all',
  macs: ([input = []], _outputs, p) => recurrentMacs(input, p, cell.gates),
  formula: (inputs, _outputs, p) => {
    const sum = ['(x·W + h·U', ...plusBias(p), ')'];
    const sigma = { text: p.gateActivation === 'sigmoid' ? 'σ' : 'hard σ', param: 'gateActivation' };
    return recurrentFormula(inputs, p, {
      title: 'At each step, each line’s W, U and b its own',
      lines: [
        ['input gate i = ', sigma, ...sum],
        ['forget gate f = ', sigma, ...sum],
        ['candidate c̃ = ', activationTerm(p), ...sum],
        ['output gate o = ', sigma, ...sum],
        ['c ← f·c + i·c̃'],
        ['h ← o·', activationTerm(p), '(c)'],
      ],
      gates: cell.gates,
      biases: 1,
    });
  },
  torch: (p, { inputs: [input = []] }) => {
    if (p.cellActivation !== 'tanh' || p.gateActivation !== 'sigmoid') {
      return { none: 'PyTorch’s nn.LSTM has no activations but tanh and the sigmoid.' };
    }
    return recurrentTorch(input, p, { module: 'nn.LSTM', cellState: true });
  },
  keras: (p) => {
    if (p.gateActivation !== 'sigmoid') return { none: 'The hard sigmoid of Keras 3 has another slope.' };
    return recurrentKeras('LSTM', p, { unit_forget_bias: p.unitForgetBias ? undefined : false });
  },
  telling: (p) => recurrentTelling(p),
  cases: [
    // Keras' guide to recurrent networks, after an embedding of 64: 4·(64·128 + 128·128 + 128).
    { params: { units: 128, recurrentInitializer }, in: [[null, 3, 64]], out: [[null, 128]], weights: 98_816 },
    // The same guide's bidirectional ones: 2·4·(10·64 + 64·64 + 64), then 2·4·(128·32 + 32·32 + 32).
    {
      params: { units: 64, recurrentInitializer, direction: 'both', returnSequences: true },
      in: [[null, 5, 10]],
      out: [[null, 5, 128]],
      weights: 38_400,
    },
    {
      params: { units: 32, recurrentInitializer, direction: 'both' },
      in: [[null, 5, 128]],
      out: [[null, 64]],
      weights: 41_216,
    },
    {
      params: { units: 3, direction: 'both', merge: 'sum', returnSequences: true, unitForgetBias: false },
      in: [[null, 4, 2]],
      out: [[null, 4, 3]],
      weights: 2 * 4 * (2 * 3 + 3 * 3 + 3),
    },
    {
      params: { units: 5, direction: 'backward', returnSequences: true, bias: false },
      in: [[null, 3, 4]],
      out: [[null, 3, 5]],
      weights: 4 * (4 * 5 + 5 * 5),
    },
    {
      params: { units: 2, gateActivation: 'hardSigmoid', cellActivation: 'relu' },
      in: [[null, 4, 6]],
      out: [[null, 2]],
      weights: 4 * (6 * 2 + 2 * 2 + 2),
    },
  ],
});
