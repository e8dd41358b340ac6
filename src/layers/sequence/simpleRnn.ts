import { defineLayer } from '../define';
import {
  cellActivationOf,
  type Cell,
  recurrentMacs,
  type RecurrentParams,
  recurrentParams,
  recurrentShape,
  recurrentWeights,
  runRecurrent,
} from '../shared/recurrence';
import { recurrentKeras, recurrentTorch } from '../shared/recurrentEmit';
import { activationTerm, plusBias, recurrentFormula, recurrentTelling } from '../shared/recurrentFormula';
import { recurrentReaders, recurrentStock } from '../shared/recurrentStock';

/** Stock tfjs takes seconds to draw large orthogonal matrices. */
const recurrentInitializer = 'glorotUniform';

const cell: Cell<RecurrentParams> = {
  gates: 1,
  states: 1,
  ready: (tf, { recurrentKernel, bias }, p) => {
    const activation = cellActivationOf(tf, p);
    return {
      bias,
      step: (input, [h]) => [activation(tf.add(input, tf.matMul(h!, recurrentKernel!)))],
    };
  },
};

/**
 * Simple recurrent network: hₜ = tanh(xₜW + hₜ₋₁U + b), with h₀ = 0. In both directions a second one reads the sequence
 * from its end; outputs of both are merged step by step.
 * Input:  [batch, steps, features]     Output: [batch, units], or [batch, steps, units] for the whole sequence;
 * 2·units where both directions are concatenated.
 * Elman 1990, "Finding structure in time"; both directions: Schuster & Paliwal 1997.
 */
export const simpleRnn = defineLayer({
  type: 'simpleRnn',
  family: 'sequence',
  title: 'Simple RNN',
  summary: 'Reads a sequence step by step and passes its own output on to the next step.',
  keywords: ['recurrent', 'elman', 'vanilla rnn', 'bidirectional'],
  reference: 'Elman 1990, Finding structure in time; Schuster & Paliwal 1997, Bidirectional recurrent neural networks',
  params: recurrentParams,
  shape: (inputs, p) => recurrentShape(inputs, p, cell.gates),
  weights: (inputs, p) => recurrentWeights(inputs, p, cell),
  // The stock layer takes the input's products step by step; here they are one.
  trainsItself: true,
  forward: (tf, [x], weights, p) => runRecurrent(tf, x, weights, p, cell),
  lower: (p, context) => recurrentStock('SimpleRNN', p, context),
  reads: recurrentReaders('SimpleRNN'),
  field: () => 'all',
  macs: ([input = []], _outputs, p) => recurrentMacs(input, p, cell.gates),
  formula: (inputs, _outputs, p) =>
    recurrentFormula(inputs, p, {
      title: 'At each step',
      lines: [['h ← ', activationTerm(p), '(x·W + h·U', ...plusBias(p), ')']],
      gates: cell.gates,
      biases: 1,
    }),
  torch: (p, { inputs: [input = []] }) =>
    recurrentTorch(input, p, {
      module: 'nn.RNN',
      named: { nonlinearity: p.cellActivation === 'tanh' ? undefined : p.cellActivation },
    }),
  keras: (p) => recurrentKeras('SimpleRNN', p),
  telling: (p) => recurrentTelling(p),
  cases: [
    // Keras' guide to recurrent networks: 256·128 + 128·128 + 128.
    { params: { units: 128, recurrentInitializer }, in: [[null, 4, 256]], out: [[null, 128]], weights: 49_280 },
    {
      params: { units: 5, returnSequences: true, direction: 'backward', cellActivation: 'relu' },
      in: [[null, 3, 4]],
      out: [[null, 3, 5]],
      weights: 4 * 5 + 5 * 5 + 5,
    },
    {
      params: { units: 3, direction: 'both', bias: false },
      in: [[null, 4, 2]],
      out: [[null, 6]],
      weights: 2 * (2 * 3 + 3 * 3),
    },
    {
      params: { units: 3, direction: 'both', merge: 'average', returnSequences: true },
      in: [[null, 4, 2]],
      out: [[null, 4, 3]],
      weights: 2 * (2 * 3 + 3 * 3 + 3),
    },
  ],
});
