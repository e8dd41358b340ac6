import { err, ok } from '@/core/result';
import { elements, withoutBatch } from '@/core/shape';
import { defineLayer, refused, shaped, type Term } from '../define';
import { rankProblem } from '../shared/rank';
import { refuseUnless } from '../shared/stock';

/**
 * All numbers of an example in a row: row by row, the channels of one pixel together.
 * Input:  [batch, …]     Output: [batch, product of the sizes]
 */
export const flatten = defineLayer({
  type: 'flatten',
  family: 'shape',
  title: 'Flatten',
  summary: 'Puts all numbers of an example into one row, as a dense layer takes them.',
  keywords: ['reshape', 'vector', 'ravel'],
  shortcut: 'f',
  params: {},
  shape: ([input = []]) => {
    const wrongRank = rankProblem(input, [1, 2, 3, 4]);
    return wrongRank ? refused(wrongRank) : shaped([null, elements(input)]);
  },
  // A vector passes through, and a stock Flatten refuses it.
  lower: (_params, { inputs: [input = []] }) => (input.length < 3 ? [] : [{ className: 'Flatten', config: {} }]),
  reads: {
    Flatten: (config) => {
      const refusal = refuseUnless(config, { dataFormat: ['channelsLast', 'channels_last'] });
      return refusal ? err(refusal) : ok({});
    },
  },
  formula: ([input = []]) => [
    {
      title: 'Output size',
      lines: [
        [
          ...withoutBatch(input).flatMap((size, axis): Term[] => [
            ...(axis > 0 ? ['·'] : []),
            { text: `${size}`, input: true },
          ]),
          ' = ',
          { text: elements(input).toLocaleString('en'), result: true },
        ],
      ],
    },
  ],
  macs: null,
  torch: () => ({ module: 'nn.Flatten()', call: 'm(x)', layout: 'last', weights: {} }),
  keras: () => ({ call: 'layers.Flatten()(x)' }),
  cases: [
    // LeNet-5's 16 maps of 5×5.
    { in: [[null, 5, 5, 16]], out: [[null, 400]], weights: 0 },
    // A colour image as the course flattens it.
    { in: [[null, 32, 32, 3]], out: [[null, 3072]], weights: 0 },
    { in: [[null, 6, 4]], out: [[null, 24]], weights: 0 },
    { in: [[null, 2, 3, 4, 5]], out: [[null, 120]], weights: 0 },
    { in: [[null, 10]], out: [[null, 10]], weights: 0 },
  ],
});
