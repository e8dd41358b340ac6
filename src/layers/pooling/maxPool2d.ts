import { defineMaxPool } from '../shared/windowPools';

export const maxPool2d = defineMaxPool(2, {
  type: 'maxPool2d',
  summary: 'Keeps the largest number of each window and so makes an image smaller.',
  keywords: ['maximum', 'pooling', 'downsample', 'subsampling'],
  shortcut: 'p',
  reference: 'Goodfellow, Bengio & Courville 2016, Deep Learning, §9.3',
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
    // ResNet's, on rows and columns of odd number: (13 + 2 − 3)/2 + 1 = 7.
    { params: { pool: [3, 3], padding: [[1, 1], [1, 1]] }, in: [[null, 13, 9, 2]], out: [[null, 7, 5, 2]], weights: 0 },
    // Sides that differ: (6 + 1 − 3)/2 + 1 = 3 and (7 + 1 + 1 − 3)/3 + 1 = 3.
    {
      params: { pool: [3, 3], stride: [2, 3], padding: [[0, 1], [1, 1]] },
      in: [[null, 6, 7, 2]],
      out: [[null, 3, 3, 2]],
      weights: 0,
    },
    // Rounded up, as torchvision's GoogLeNet has it: ⌈(8 − 3)/2⌉ + 1 = 4 and ⌈(7 − 2)/3⌉ + 1 = 3.
    { params: { pool: [3, 2], stride: [2, 3], ceil: true }, in: [[null, 8, 7, 2]], out: [[null, 4, 3, 2]], weights: 0 },
    // A reach of 2·(3 − 1) + 1 = 5 rows and 3 columns: (9 − 5)/2 + 1 = 3, (6 − 3)/1 + 1 = 4.
    {
      params: { pool: [3, 2], stride: [2, 1], dilation: [2, 2] },
      in: [[null, 9, 6, 2]],
      out: [[null, 3, 4, 2]],
      weights: 0,
    },
  ],
});
