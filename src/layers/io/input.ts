import { sizes } from '@/core/params';
import { err, ok } from '@/core/result';
import { defineLayer, shaped, type Term } from '../define';
import { pythonCall } from '../emit';
import { refuseUnless } from '../shared/stock';

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
  params: {
    shape: sizes({ label: 'Shape', hint: 'Of one example, channels last.', default: [28, 28, 1], maxRank: 4 }),
  },
  role: 'source',
  inputs: { kind: 'fixed', names: [] },
  shape: (_inputs, p) => shaped([null, ...p.shape]),
  lower: (p) => [
    { className: 'InputLayer', config: { batchInputShape: [null, ...p.shape], dtype: 'float32', sparse: false } },
  ],
  reads: {
    InputLayer: (config) => {
      const refusal = refuseUnless(config, { dtype: ['float32'], sparse: [false] });
      if (refusal) return err(refusal);
      // Keras 3 writes `batchShape`.
      const shape = config.batchInputShape ?? config.batchShape;
      if (!Array.isArray(shape) || shape.length < 2) return err('its shape is missing');
      const sizes: readonly unknown[] = shape.slice(1);
      if (!sizes.every((size): size is number => typeof size === 'number')) {
        return err(`its shape ${JSON.stringify(sizes)} leaves a size open; all but the batch must be numbers`);
      }
      return ok({ shape: sizes });
    },
  },
  formula: (_inputs, _outputs, p) => [
    {
      title: 'Numbers in one example',
      lines: [
        [
          ...p.shape.flatMap((size, axis): Term[] => [axis > 0 ? '·' : '', { text: `${size}`, param: 'shape' }]),
          ' = ',
          { text: p.shape.reduce((product, size) => product * size, 1).toLocaleString('en'), result: true },
        ],
      ],
    },
  ],
  kind: (p) => ({ 1: 'Features', 2: 'Sequence', 3: 'Image', 4: 'Volume' })[p.shape.length] ?? 'Input',
  macs: null,
  torch: () => ({ none: 'An input is what forward is called with; PyTorch has no layer for it.' }),
  keras: (p) => ({ call: pythonCall('keras.Input', [p.shape]) }),
  cases: [
    { params: { shape: [8, 8, 1] }, in: [], out: [[null, 8, 8, 1]], weights: 0 },
    { params: { shape: [4] }, in: [], out: [[null, 4]], weights: 0 },
    { params: { shape: [16, 112, 112, 3] }, in: [], out: [[null, 16, 112, 112, 3]], weights: 0 },
  ],
});
