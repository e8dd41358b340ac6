import { int } from '@/core/params';
import { err, ok } from '@/core/result';
import { channels } from '@/core/shape';
import { defineLayer, refused, shaped } from '../define';
import { rankProblem } from '../shared/rank';
import { readSides, refuseUnless } from '../shared/stock';

const side = (label: string) => int({ label, min: 0, max: 65536, default: 1 });

/**
 * Rows and columns of zeros around an image.
 * Input:  [batch, height, width, channels]
 * Output: [batch, top + height + bottom, left + width + right, channels]
 */
export const zeroPadding2d = defineLayer({
  type: 'zeroPadding2d',
  family: 'shape',
  title: 'Zero padding 2D',
  summary: 'Puts rows and columns of zeros around an image.',
  keywords: ['pad', 'border', 'margin'],
  shortcut: 'z',
  params: { top: side('Top'), bottom: side('Bottom'), left: side('Left'), right: side('Right') },
  shape: ([input = []], p) => {
    const wrongRank = rankProblem(input, [3], 'Zero padding');
    if (wrongRank) return refused(wrongRank);
    return shaped([null, p.top + (input[1] ?? 1) + p.bottom, p.left + (input[2] ?? 1) + p.right, channels(input)]);
  },
  lower: (p) => {
    const padding = [
      [p.top, p.bottom],
      [p.left, p.right],
    ];
    return [{ className: 'ZeroPadding2D', config: { padding, dataFormat: 'channelsLast' } }];
  },
  reads: {
    ZeroPadding2D: (config) => {
      const refusal = refuseUnless(config, { dataFormat: ['channelsLast', 'channels_last'] });
      if (refusal) return err(refusal);
      const [height, width] = readSides(config.padding, 2) ?? [];
      if (!height || !width) return err(`its padding ${JSON.stringify(config.padding)} can’t be read`);
      const [[top, bottom], [left, right]] = [height, width];
      return ok({ top, bottom, left, right });
    },
  },
  formula: ([input = []], [output = []], p) => [
    {
      title: 'Output size, height',
      lines: [
        [
          { text: `${p.top}`, param: 'top' },
          ' + ',
          { text: `${input[1] ?? 1}`, input: true },
          ' + ',
          { text: `${p.bottom}`, param: 'bottom' },
          ' = ',
          { text: `${output[1] ?? ''}`, result: true },
        ],
      ],
    },
    {
      title: 'Output size, width',
      lines: [
        [
          { text: `${p.left}`, param: 'left' },
          ' + ',
          { text: `${input[2] ?? 1}`, input: true },
          ' + ',
          { text: `${p.right}`, param: 'right' },
          ' = ',
          { text: `${output[2] ?? ''}`, result: true },
        ],
      ],
    },
  ],
  telling: (p) =>
    new Set([p.top, p.bottom, p.left, p.right]).size === 1
      ? `${p.top}`
      : `${p.top}/${p.bottom} and ${p.left}/${p.right}`,
  macs: null,
  torch: () => ({ none: 'TODO' }),
  keras: () => ({ none: 'TODO' }),
  cases: [
    { in: [[null, 5, 4, 2]], out: [[null, 7, 6, 2]], weights: 0 },
    { params: { top: 0, bottom: 1, left: 2, right: 3 }, in: [[null, 3, 3, 1]], out: [[null, 4, 8, 1]], weights: 0 },
    { params: { top: 0, bottom: 0, left: 0, right: 0 }, in: [[null, 3, 3, 1]], out: [[null, 3, 3, 1]], weights: 0 },
  ],
});
