import { choice } from '@/core/params';
import { defineLayer, refused, shaped } from '../define';
import { pythonCall, type TorchCode } from '../emit';
import { sequenceProblem, stepsAndFeatures } from '../shared/sequences';

/** Wavelengths run from 2π to 10000·2π. */
const BASE = 10_000;

/** [steps, features]: sin(t/10000^(2i/features)) at feature 2i, the cosine of the same at 2i + 1. */
function sinusoids(steps: number, features: number): Float32Array {
  const values = new Float32Array(steps * features);
  for (let feature = 0; feature < features; feature += 1) {
    const frequency = BASE ** (-(feature - (feature % 2)) / features);
    const wave = feature % 2 === 0 ? Math.sin : Math.cos;
    for (let step = 0; step < steps; step += 1) values[step * features + feature] = wave(step * frequency);
  }
  return values;
}

/**
 * Adds to each step what tells its position: sines and cosines of rising wavelength, or numbers that are learnt.
 * Input:  [batch, steps, features]     Output: same
 * Vaswani et al. 2017, "Attention is all you need", §3.5; learnt: Gehring et al. 2017, "Convolutional sequence to
 * sequence learning", §3.1.
 */
export const positionalEncoding = defineLayer({
  type: 'positionalEncoding',
  family: 'sequence',
  title: 'Positional encoding',
  summary: 'Adds to each step what tells its position, which attention alone can’t see.',
  keywords: ['transformer', 'sinusoidal', 'position embedding'],
  reference: 'Vaswani et al. 2017, Attention is all you need, §3.5',
  params: {
    kind: choice({
      label: 'Kind',
      default: 'sinusoidal',
      options: [
        { value: 'sinusoidal', label: 'Sines and cosines' },
        { value: 'learned', label: 'Learnt' },
      ],
    }),
  },
  shape: ([input = []]) => {
    const wrong = sequenceProblem(input);
    return wrong ? refused(wrong) : shaped(input);
  },
  weights: ([input = []], p) => ({
    ...(p.kind === 'learned' && {
      positions: { shape: stepsAndFeatures(input), initializer: 'randomNormal', trainable: true },
    }),
  }),
  forward: (tf, [x], { positions }) => {
    const [, steps = 1, features = 1] = x.shape;
    return tf.add(x, positions ?? tf.tensor2d(sinusoids(steps, features), [steps, features]));
  },
  macs: null,
  formula: ([input = []], _outputs, p) => {
    const [steps, features] = stepsAndFeatures(input);
    const f = { text: `${features}`, input: true } as const;
    if (p.kind === 'learned') {
      const count = (steps * features).toLocaleString('en');
      return [
        { title: 'At step t', lines: [['y = x + ', { text: 'P', param: 'kind' }, 'ₜ']] },
        {
          title: 'Parameters',
          lines: [
            [{ text: `${steps}`, input: true }, '·', f, ' = ', { text: count, result: true }],
          ],
        },
      ];
    }
    return [
      {
        title: 'At step t',
        lines: [
          ['feature 2i: x + ', { text: 'sin', param: 'kind' }, `(t/${BASE}^(2i/`, f, '))'],
          ['feature 2i + 1: x + ', { text: 'cos', param: 'kind' }, `(t/${BASE}^(2i/`, f, '))'],
        ],
      },
    ];
  },
  torch: (p, { inputs: [input = []] }): TorchCode => {
    const [steps, features] = stepsAndFeatures(input);
    if (p.kind === 'learned') {
      return {
        module: pythonCall('nn.Embedding', [steps, features]),
        call: 'x + m.weight',
        layout: 'last',
        weights: { weight: { from: 'positions' } },
      };
    }
    const angles = `torch.outer(torch.arange(${steps}), ${BASE} ** (-torch.arange(0, ${features}, 2) / ${features}))`;
    const odd = features % 2 === 1 ? `[:, :${features}]` : '';
    return {
      module: null,
      call: `x + (lambda a: torch.stack((a.sin(), a.cos()), -1).flatten(1)${odd})(${angles})`,
      layout: 'last',
      weights: {},
    };
  },
  keras: (p) =>
    p.kind === 'learned'
      ? { none: 'Keras itself has none; keras_hub.layers.PositionEmbedding adds one.' }
      : { none: 'Keras itself has none; keras_hub.layers.SinePositionEncoding gives the numbers to add.' },
  telling: (p) => (p.kind === 'learned' ? 'learnt' : 'sinusoidal'),
  cases: [
    { in: [[null, 7, 6]], out: [[null, 7, 6]], weights: 0 },
    { in: [[null, 4, 5]], out: [[null, 4, 5]], weights: 0 },
    { params: { kind: 'learned' }, in: [[null, 3, 8]], out: [[null, 3, 8]], weights: 24 },
  ],
});
