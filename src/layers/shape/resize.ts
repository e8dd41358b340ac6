import type * as tfjs from '@tensorflow/tfjs';
import { axes, bool, choice } from '@/core/params';
import { problem } from '@/core/problem';
import { channels } from '@/core/shape';
import { defineLayer, refused, shaped, type Term } from '../define';
import { pythonCall, sizeArgument } from '../emit';
import { axisName } from '../shared/axes';
import { rankProblem } from '../shared/rank';

/** How far apart the looked-at places are, in rows or columns of the input. */
const stepOf = (from: number, to: number, aligned: boolean) => (aligned && to > 1 ? (from - 1) / (to - 1) : from / to);

/**
 * An image brought to a height and width, by the nearest pixel or a blend of four. Where corners are aligned, the
 * outermost pixels stay where they are; else pixels are areas, and the first and last reach half a pixel further.
 * Input:  [batch, height, width, channels]     Output: [batch, size, size, channels]
 * Long, Shelhamer & Darrell 2015, "Fully convolutional networks for semantic segmentation", §3.3.
 */
export const resize = defineLayer({
  type: 'resize',
  family: 'shape',
  title: 'Resize',
  summary: 'Brings an image to a height and width, by the nearest pixel or by blending.',
  keywords: ['scale', 'interpolate', 'bilinear', 'upsample', 'downsample', 'fcn', 'segmentation'],
  reference: 'Long, Shelhamer & Darrell 2015, Fully convolutional networks for semantic segmentation, §3.3',
  params: {
    size: axes({ label: 'Size', rank: 2, min: 1, max: 16_384, default: [32, 32] }),
    interpolation: choice({
      label: 'Between',
      hint: 'What stands between the given numbers.',
      default: 'bilinear',
      options: [
        { value: 'nearest', label: 'The nearest' },
        { value: 'bilinear', label: 'A blend (bilinear)' },
      ],
    }),
    alignCorners: bool({ label: 'Align corners', hint: 'Blending: the outermost pixels stay put.', default: false }),
  },
  shape: ([input = []], p) => {
    const wrongRank = rankProblem(input, [3]);
    if (wrongRank) return refused(wrongRank);
    if (p.alignCorners && p.interpolation === 'nearest') {
      const message = 'Corners can only be aligned where pixels are blended; the nearest pixel is taken whole.';
      return refused(
        problem('resize.corners', message, {
          params: ['alignCorners', 'interpolation'],
          fixes: [
            { title: 'corners not aligned', params: { alignCorners: false } },
            { title: 'bilinear', params: { interpolation: 'bilinear' } },
          ],
        }),
      );
    }
    return shaped([null, ...p.size, channels(input)]);
  },
  forward: (tf, [x], _weights, p) => {
    const image = x as tfjs.Tensor4D;
    const [height = 1, width = 1] = p.size;
    return p.interpolation === 'nearest'
      ? tf.image.resizeNearestNeighbor(image, [height, width])
      : tf.image.resizeBilinear(image, [height, width], p.alignCorners, !p.alignCorners);
  },
  formula: ([input = []], _outputs, p) => [
    {
      title: 'Where output i looks',
      lines: p.size.map((to, axis): readonly Term[] => {
        const from: Term = { text: `${input[axis + 1] ?? 1}`, input: true };
        const size: Term = { text: `${to}`, param: 'size' };
        const name = `${axisName(input, axis + 1)}: `;
        if (p.interpolation === 'nearest') return [name, '⌊i·', from, '/', size, '⌋'];
        if (!p.alignCorners) return [name, '(i + ½)·', from, '/', size, ' − ½'];
        return to > 1 ? [name, 'i·(', from, ' − 1)/(', size, ' − 1)'] : [name, '0'];
      }),
    },
  ],
  field: ([input = []], _outputs, p) =>
    p.size.map((to, axis) => {
      const step = stepOf(input[axis + 1] ?? 1, to, p.alignCorners);
      if (p.interpolation === 'nearest') return { reach: 1, stride: step, before: 0 };
      return { reach: 2, stride: step, before: p.alignCorners ? 0 : 0.5 - step / 2 };
    }),
  telling: (p) => `${p.size.join('×')} · ${p.interpolation}${p.alignCorners ? ', corners' : ''}`,
  macs: null,
  torch: (p) => ({
    module: pythonCall('nn.Upsample', [sizeArgument(p.size)], {
      mode: p.interpolation === 'nearest' ? undefined : p.interpolation,
      align_corners: p.alignCorners ? true : undefined,
    }),
    call: 'm(x)',
    layout: 'first',
    weights: {},
  }),
  keras: (p) =>
    p.interpolation === 'nearest' || p.alignCorners
      ? { none: 'Keras’ Resizing takes pixels as areas, never points, nor does it align corners.' }
      : { call: `${pythonCall('layers.Resizing', [...p.size])}(x)` },
  cases: [
    { params: { size: [6, 8] }, in: [[null, 3, 4, 2]], out: [[null, 6, 8, 2]], weights: 0 },
    { params: { size: [3, 5] }, in: [[null, 7, 4, 2]], out: [[null, 3, 5, 2]], weights: 0 },
    { params: { size: [5, 7], alignCorners: true }, in: [[null, 3, 4, 1]], out: [[null, 5, 7, 1]], weights: 0 },
    { params: { size: [5, 3], interpolation: 'nearest' }, in: [[null, 3, 4, 2]], out: [[null, 5, 3, 2]], weights: 0 },
  ],
});
