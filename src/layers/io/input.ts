import { sizes } from '@/core/params';
import { defineLayer, shaped } from '../define';

/**
 * Where examples enter the network.
 * Output: [batch, …sizes], channels last
 */
export const input = defineLayer({
  type: 'input',
  family: 'io',
  title: 'Input',
  summary: 'Where the examples of the dataset enter.',
  keywords: ['image', 'data', 'source'],
  shortcut: 'i',
  params: { shape: sizes({ label: 'Shape', hint: 'Of one example, channels last.', default: [28, 28, 1], maxRank: 4 }) },
  role: 'source',
  inputs: { kind: 'fixed', names: [] },
  shape: (_inputs, p) => shaped([null, ...p.shape]),
  lower: (p) => [{ className: 'InputLayer', config: { batchInputShape: [null, ...p.shape], dtype: 'float32', sparse: false } }],
  kind: (p) => (p.shape.length === 3 ? 'Image' : p.shape.length === 1 ? 'Features' : 'Input'),
  cases: [{ params: { shape: [8, 8, 1] }, in: [], out: [[null, 8, 8, 1]], weights: 0 }],
});
