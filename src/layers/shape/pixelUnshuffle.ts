import { problem } from '@/core/problem';
import { channels, formatShape } from '@/core/shape';
import { defineLayer, refused, shaped } from '../define';
import { axisName } from '../shared/axes';
import { pixelFactor, unshuffle } from '../shared/pixels';
import { rankProblem } from '../shared/rank';

/**
 * Blocks of r×r pixels become groups of r² channels, in PyTorch's order of channels: row i and column j of channel c's
 * block go to channel c·r² + i·r + j. Undoes a pixel shuffle.
 * Input:  [batch, height·r, width·r, channels]     Output: [batch, height, width, channels·r²]
 * Shi et al. 2016, "Real-time single image and video super-resolution using an efficient sub-pixel CNN", §3.2.
 */
export const pixelUnshuffle = defineLayer({
  type: 'pixelUnshuffle',
  family: 'shape',
  title: 'Pixel unshuffle',
  summary: 'Makes an image smaller without losing a number: blocks of pixels become channels.',
  keywords: ['space to depth', 'passthrough', 'reorg', 'downscale'],
  reference: 'Shi et al. 2016, Real-time single image and video super-resolution, §3.2',
  params: { factor: pixelFactor },
  shape: ([input = []], p) => {
    const wrongRank = rankProblem(input, [3]);
    if (wrongRank) return refused(wrongRank);
    const sizes = [input[1] ?? 1, input[2] ?? 1];
    if (sizes.every((size) => size % p.factor === 0)) {
      return shaped([null, ...sizes.map((size) => size / p.factor), channels(input) * p.factor ** 2]);
    }
    const told = sizes.flatMap((size, axis) =>
      size % p.factor === 0
        ? []
        : [`${axisName(input, axis + 1)} ${size}/${p.factor} = ${Number((size / p.factor).toFixed(3))}`],
    );
    const factors = Array.from({ length: Math.min(64, ...sizes) }, (_, i) => i + 1)
      .filter((r) => sizes.every((size) => size % r === 0))
      .toSorted((a, b) => Math.abs(a - p.factor) - Math.abs(b - p.factor));
    const blocks = `blocks of ${p.factor}×${p.factor}`;
    return refused(
      problem('pixels.blocks', `${formatShape(input)} can’t be cut into ${blocks}: ${told.join(', ')}.`, {
        expected: `height and width multiples of ${p.factor}`,
        got: sizes.join('×'),
        params: ['factor'],
        fixes: factors.slice(0, 2).map((factor) => ({ title: `factor ${factor}`, params: { factor } })),
      }),
    );
  },
  forward: (tf, [x], _weights, p) => unshuffle(tf, x, p.factor),
  formula: ([input = []], [output = []], p) => [
    {
      title: 'Channels',
      lines: [
        [
          { text: `${channels(input)}`, input: true },
          '·',
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
        '/',
        { text: `${p.factor}`, param: 'factor' },
        ' = ',
        { text: `${output[axis] ?? 1}`, result: true },
      ]),
    },
    {
      title: 'Order of channels, as in PyTorch',
      lines: [
        [
          'row i, column j of channel c’s block → channel c·',
          { text: `${p.factor}`, param: 'factor' },
          '² + i·',
          { text: `${p.factor}`, param: 'factor' },
          ' + j',
        ],
      ],
    },
  ],
  field: (_inputs, _outputs, p) => [1, 2].map(() => ({ reach: p.factor, stride: p.factor, before: 0 })),
  telling: (p) => `÷${p.factor}`,
  macs: null,
  torch: (p) => ({ module: `nn.PixelUnshuffle(${p.factor})`, call: 'm(x)', layout: 'first', weights: {} }),
  keras: (p, { inputs: [input = []], outputs: [output = []] }) => {
    const [, height, width] = output;
    const blocks = `ops.reshape(x, (-1, ${height}, ${p.factor}, ${width}, ${p.factor}, ${channels(input)}))`;
    const groups = `ops.transpose(${blocks}, (0, 1, 3, 5, 2, 4))`;
    return { call: `ops.reshape(${groups}, (-1, ${output.slice(1).join(', ')}))` };
  },
  cases: [
    { in: [[null, 4, 6, 2]], out: [[null, 2, 3, 8]], weights: 0 },
    { params: { factor: 3 }, in: [[null, 6, 3, 1]], out: [[null, 2, 1, 9]], weights: 0 },
  ],
});
