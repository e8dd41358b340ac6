import { err, ok } from '@/core/result';
import { channels } from '@/core/shape';
import { defineLayer, refused, shaped } from '../define';
import { rankProblem } from '../shared/rank';
import { refuseUnless } from '../shared/stock';

/**
 * The mean of each channel over the whole image.
 * Input:  [batch, height, width, channels]     Output: [batch, channels]
 * Lin, Chen & Yan 2014, "Network in network", §3.2.
 */
export const globalAveragePool2d = defineLayer({
  type: 'globalAveragePool2d',
  family: 'pooling',
  title: 'Global average pool 2D',
  summary: 'Takes the mean of each channel over the whole image: one number per channel.',
  keywords: ['gap', 'global', 'mean', 'avg', 'pooling'],
  shortcut: 'g',
  reference: 'Lin, Chen & Yan 2014, Network in network, §3.2',
  params: {},
  shape: ([input = []]) => {
    const wrongRank = rankProblem(input, [3], 'Global average pool');
    return wrongRank ? refused(wrongRank) : shaped([null, channels(input)]);
  },
  lower: () => [{ className: 'GlobalAveragePooling2D', config: { dataFormat: 'channelsLast' } }],
  reads: {
    GlobalAveragePooling2D: (config) => {
      const refusal = refuseUnless(config, { dataFormat: ['channelsLast', 'channels_last'], keepdims: [false] });
      return refusal ? err(refusal) : ok({});
    },
  },
  formula: ([input = []]) => [
    {
      title: 'Numbers averaged into each output',
      lines: [
        [
          { text: `${input[1] ?? 1}`, input: true },
          '·',
          { text: `${input[2] ?? 1}`, input: true },
          ' = ',
          { text: ((input[1] ?? 1) * (input[2] ?? 1)).toLocaleString('en'), result: true },
        ],
      ],
    },
    { title: 'Outputs', lines: [['one per channel: ', { text: `${channels(input)}`, result: true }]] },
  ],
  macs: null,
  torch: () => ({ none: 'TODO' }),
  keras: () => ({ none: 'TODO' }),
  cases: [
    // ResNet's and GoogLeNet's last maps.
    { in: [[null, 7, 7, 1024]], out: [[null, 1024]], weights: 0 },
    { in: [[null, 3, 5, 2]], out: [[null, 2]], weights: 0 },
  ],
});
