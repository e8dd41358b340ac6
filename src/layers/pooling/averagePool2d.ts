import { defineLayer } from '../define';
import { poolNames, poolParams, poolShape, poolWindow, readPool, stockPool } from '../shared/pooling';
import { windowFormulas, windowText } from '../shared/windows';

/**
 * The mean of each window, channel by channel; at the border of the cells inside the image only, as in TensorFlow.
 * Input:  [batch, height, width, channels]
 * Output: [batch, height', width', channels], ⌊(in + pₐ + p_b − k)/s⌋ + 1 per axis
 * LeCun, Bottou, Bengio & Haffner 1998, "Gradient-based learning applied to document recognition", §II.B.
 */
export const averagePool2d = defineLayer({
  type: 'averagePool2d',
  family: 'pooling',
  title: 'Average pool 2D',
  summary: 'Takes the mean of each window and so makes an image smaller.',
  keywords: ['avg', 'mean', 'pooling', 'downsample', 'subsampling'],
  reference: 'LeCun, Bottou, Bengio & Haffner 1998, Gradient-based learning applied to document recognition, §II.B',
  params: poolParams(2),
  shape: ([input = []], p) => poolShape(input, p, 'Average pool'),
  lower: (p) => [stockPool('AveragePooling2D', p)],
  reads: { AveragePooling2D: (config) => readPool(config, 2) },
  formula: ([input = []], _outputs, p) => windowFormulas(input, poolWindow(p), poolNames),
  telling: (p) => windowText(poolWindow(p)),
  macs: null,
  torch: () => ({ none: 'TODO' }),
  keras: () => ({ none: 'TODO' }),
  cases: [
    // LeNet-5's second subsampling.
    { in: [[null, 10, 10, 16]], out: [[null, 5, 5, 16]], weights: 0 },
    { params: { pool: [3, 3], stride: [1, 1] }, in: [[null, 5, 4, 2]], out: [[null, 3, 2, 2]], weights: 0 },
    { params: { padding: 'same' }, in: [[null, 7, 5, 2]], out: [[null, 4, 3, 2]], weights: 0 },
  ],
});
