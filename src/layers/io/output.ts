import { float, loss } from '@/core/params';
import { formatShape } from '@/core/shape';
import { defineLayer, shaped } from '../define';

/**
 * Marks what the network predicts; the loss compares it with the dataset's targets. Computes nothing.
 * Input:  [batch, …]     Output: same
 */
export const output = defineLayer({
  type: 'output',
  family: 'io',
  title: 'Output',
  summary: 'Marks what the network predicts; the loss is computed here.',
  keywords: ['prediction', 'loss', 'target', 'sink'],
  shortcut: 'o',
  params: {
    loss: loss({ label: 'Loss', hint: 'The recipe’s, or one of its own where there are several outputs.' }),
    weight: float({
      label: 'Loss weight',
      hint: 'How much its loss counts beside those of other outputs: 0.3 for GoogLeNet’s auxiliary classifiers.',
      min: 0,
      default: 1,
    }),
  },
  role: 'sink',
  shape: ([input = []]) => shaped(input),
  lower: () => [],
  formula: ([input = []], _outputs, p) => [
    { title: 'Prediction for one example', lines: [['ŷ: ', { text: formatShape(input), input: true }]] },
    {
      title: 'What it adds to the loss',
      lines: [[{ text: `${p.weight}`, param: 'weight' }, '·', { text: 'J', param: 'loss' }, '(y, ŷ)']],
    },
  ],
  telling: (p) => (p.weight === 1 ? '' : `loss × ${p.weight}`),
  macs: null,
  torch: () => ({ none: 'An output is what forward returns; PyTorch has no layer for it.' }),
  keras: () => ({ none: 'An output is what the model is made of; Keras has no layer for it.' }),
  cases: [
    { in: [[null, 10]], out: [[null, 10]], weights: 0 },
    { params: { weight: 0.3 }, in: [[null, 8, 8, 2]], out: [[null, 8, 8, 2]], weights: 0 },
  ],
});
