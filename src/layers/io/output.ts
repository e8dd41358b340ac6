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
  params: {},
  role: 'sink',
  shape: ([input = []]) => shaped(input),
  lower: () => [],
  formula: ([input = []]) => [
    { title: 'Prediction for one example', lines: [['ŷ: ', { text: formatShape(input), input: true }]] },
  ],
  macs: null,
  torch: () => ({ none: 'TODO' }),
  keras: () => ({ none: 'TODO' }),
  cases: [{ in: [[null, 10]], out: [[null, 10]], weights: 0 }],
});
