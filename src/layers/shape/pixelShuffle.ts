import { problem } from '@/core/problem';
import { channels, formatShape } from '@/core/shape';
import { defineLayer, refused, shaped } from '../define';
import { pixelFactor, shuffle } from '../shared/pixels';
import { rankProblem } from '../shared/rank';

/**
 * Groups of r² channels become blocks of r×r pixels, in PyTorch's order of channels: channel c·r² + i·r + j goes to row
 * i and column j of the block.
 * Input:  [batch, height, width, channels·r²]     Output: [batch, height·r, width·r, channels]
 * Shi et al. 2016, "Real-time single image and video super-resolution using an efficient sub-pixel CNN", eq. 4.
 */
export const pixelShuffle = defineLayer({
  type: 'pixelShuffle',
  family: 'shape',
  title: 'Pixel shuffle',
  summary: 'Makes an image larger by turning groups of channels into blocks of pixels.',
  keywords: ['depth to space', 'sub-pixel', 'super-resolution', 'espcn', 'upscale'],
  reference: 'Shi et al. 2016, Real-time single image and video super-resolution, eq. 4',
  params: { factor: pixelFactor },
  shape: ([input = []], p) => {
    const wrongRank = rankProblem(input, [3]);
    if (wrongRank) return refused(wrongRank);
    const depth = channels(input);
    const group = p.factor ** 2;
    const [, height = 1, width = 1] = input;
    if (depth % group === 0) return shaped([null, (height ?? 1) * p.factor, (width ?? 1) * p.factor, depth / group]);
    const factors = Array.from({ length: Math.min(64, Math.floor(Math.sqrt(depth))) }, (_, i) => i + 1)
      .filter((r) => depth % r ** 2 === 0)
      .toSorted((a, b) => Math.abs(a - p.factor) - Math.abs(b - p.factor));
    return refused(
      problem(
        'pixels.channels',
        `The ${depth} channels of ${formatShape(input)} don’t fall into groups of ${p.factor}² = ${group}: ` +
          `${depth}/${group} = ${Number((depth / group).toFixed(3))}.`,
        {
          expected: `a multiple of ${group} channels`,
          got: `${depth}`,
          params: ['factor'],
          fixes: factors.slice(0, 2).map((factor) => ({ title: `factor ${factor}`, params: { factor } })),
        },
      ),
    );
  },
  forward: (tf, [x], _weights, p) => shuffle(tf, x, p.factor),
  formula: ([input = []], [output = []], p) => [
    {
      title: 'Channels',
      lines: [
        [
          { text: `${channels(input)}`, input: true },
          '/',
          { text: `${p.factor}`, param: 'factor' },
          '² = ',
          { text: `${channels(output)}`, result: true },
        ],
      ],
    },
    {
      title: 'Height and width',
      lines: [1, 2].map((axis) => [
        { text: `${input[axis] ?? 1}`, input: true },
        '·',
        { text: `${p.factor}`, param: 'factor' },
        ' = ',
        { text: `${output[axis] ?? 1}`, result: true },
      ]),
    },
    {
      title: 'Order of channels, as in PyTorch',
      lines: [
        [
          'channel c·',
          { text: `${p.factor}`, param: 'factor' },
          '² + i·',
          { text: `${p.factor}`, param: 'factor' },
          ' + j → row i, column j of channel c’s block',
        ],
      ],
    },
  ],
  field: (_inputs, _outputs, p) => [1, 2].map(() => ({ reach: 1, stride: 1 / p.factor, before: 0 })),
  telling: (p) => `×${p.factor}`,
  macs: null,
  torch: (p) => ({ module: `nn.PixelShuffle(${p.factor})`, call: 'm(x)', layout: 'first', weights: {} }),
  keras: (p, { inputs: [input = []], outputs: [output = []] }) => {
    const [, height, width] = input;
    const blocks = `ops.reshape(x, (-1, ${height}, ${width}, ${channels(output)}, ${p.factor}, ${p.factor}))`;
    const pixels = `ops.transpose(${blocks}, (0, 1, 4, 2, 5, 3))`;
    return { call: `ops.reshape(${pixels}, (-1, ${output.slice(1).join(', ')}))` };
  },
  cases: [
    // ESPCN: 3² channels make an image three times as large.
    { params: { factor: 3 }, in: [[null, 4, 5, 9]], out: [[null, 12, 15, 1]], weights: 0 },
    { in: [[null, 2, 3, 8]], out: [[null, 4, 6, 2]], weights: 0 },
    { params: { factor: 1 }, in: [[null, 2, 3, 2]], out: [[null, 2, 3, 2]], weights: 0 },
  ],
});
