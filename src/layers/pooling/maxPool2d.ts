import { defineLayer } from '../define';
import { poolNames, poolParams, poolShape, poolWindow, readPool, stockPool } from '../shared/pooling';
import { windowFormulas, windowText } from '../shared/windows';

/**
 * The largest number of each window, channel by channel; padding never wins.
 * Input:  [batch, height, width, channels]
 * Output: [batch, height', width', channels], ⌊(in + pₐ + p_b − k)/s⌋ + 1 per axis
 * Goodfellow, Bengio & Courville 2016, "Deep Learning", §9.3.
 */
export const maxPool2d = defineLayer({
  type: 'maxPool2d',
  family: 'pooling',
  title: 'Max pool 2D',
  summary: 'Keeps the largest number of each window and so makes an image smaller.',
  keywords: ['maximum', 'pooling', 'downsample', 'subsampling'],
  shortcut: 'p',
  reference: 'Goodfellow, Bengio & Courville 2016, Deep Learning, §9.3',
  params: poolParams(2),
  shape: ([input = []], p) => poolShape(input, p, 'Max pool'),
  lower: (p) => [stockPool('MaxPooling2D', p)],
  reads: { MaxPooling2D: (config) => readPool(config, 2) },
  formula: ([input = []], _outputs, p) => windowFormulas(input, poolWindow(p), poolNames),
  telling: (p) => windowText(poolWindow(p)),
  macs: null,
  torch: () => ({ none: 'TODO' }),
  keras: () => ({ none: 'TODO' }),
  cases: [
    // LeNet-5's first pooling.
    { in: [[null, 28, 28, 6]], out: [[null, 14, 14, 6]], weights: 0 },
    // AlexNet's overlapping one: (55 − 3)/2 + 1 = 27.
    { params: { pool: [3, 3] }, in: [[null, 55, 55, 3]], out: [[null, 27, 27, 3]], weights: 0 },
    // GoogLeNet's, beside convolutions of the same size.
    {
      params: { pool: [3, 3], stride: [1, 1], padding: 'same' },
      in: [[null, 7, 5, 2]],
      out: [[null, 7, 5, 2]],
      weights: 0,
    },
    {
      params: { pool: [3, 2], stride: [2, 3], padding: 'same' },
      in: [[null, 7, 8, 1]],
      out: [[null, 4, 3, 1]],
      weights: 0,
    },
  ],
});
