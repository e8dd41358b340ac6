import { axes, bool, initializer, int, padding } from '@/core/params';
import { channels } from '@/core/shape';
import { defineLayer, refused, shaped, type StockLayer, type Term } from '../define';
import { activated, activationParam, withActivationLabel } from '../shared/activations';
import { rankProblem } from '../shared/rank';
import { slideWindow } from '../shared/sliding';
import { readConvolution, zeroPadding } from '../shared/stock';
import { MOST_WINDOW, sidesOf, volume, windowFormulas, windowText, type WindowParams } from '../shared/windows';

const names: WindowParams = {
  kernel: 'kernel',
  stride: 'stride',
  padding: 'padding',
  dilation: 'dilation',
  numericPadding: true,
};

/** Keeps every n-th row and column: a maximum over windows of one number. */
const everyNth = (stride: readonly number[]): StockLayer => ({
  className: 'MaxPooling2D',
  config: { poolSize: [1, 1], strides: stride, padding: 'valid', dataFormat: 'channelsLast' },
  suffix: 'stride',
});

/**
 * 2-D convolution (cross-correlation) over images, one kernel per filter, shared over all positions.
 * Input:  [batch, height, width, channels]
 * Output: [batch, height', width', filters], ⌊(in + pₐ + p_b − d·(k−1) − 1)/s⌋ + 1 per axis
 * Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", §2.
 */
export const conv2d = defineLayer({
  type: 'conv2d',
  family: 'convolution',
  title: 'Conv 2D',
  summary: 'Slides learned kernels over an image; each filter gives one map.',
  keywords: ['convolution', 'kernel', 'filter', 'cnn'],
  shortcut: 'c',
  reference: 'Dumoulin & Visin 2016, A guide to convolution arithmetic for deep learning, §2',
  params: {
    filters: int({ label: 'Filters', min: 1, max: 65536, default: 8 }),
    kernel: axes({ label: 'Kernel', rank: 2, min: 1, max: MOST_WINDOW, default: [3, 3] }),
    stride: axes({ label: 'Stride', rank: 2, min: 1, max: MOST_WINDOW, default: [1, 1] }),
    padding: padding({ label: 'Padding', rank: 2, default: 'valid' }),
    dilation: axes({ label: 'Dilation', rank: 2, min: 1, max: MOST_WINDOW, default: [1, 1] }),
    activation: activationParam('linear'),
    bias: bool({ label: 'Bias', default: true }),
    initializer: initializer({ label: 'Initialiser', default: 'heNormal' }),
  },
  shape: ([input = []], p) => {
    const wrongRank = rankProblem(input, [3], 'Conv');
    if (wrongRank) return refused(wrongRank);
    const { sizes, problems } = slideWindow(input, p, names);
    return sizes ? shaped([null, ...sizes, p.filters], problems) : refused(...problems);
  },
  weights: ([input = []], p) => ({
    kernel: { shape: [...p.kernel, channels(input), p.filters], initializer: p.initializer, trainable: true },
    ...(p.bias && { bias: { shape: [p.filters], initializer: 'zeros', trainable: true } }),
  }),
  lower: (p, context) => {
    // tfjs and Keras refuse stride and dilation together: the windows between the strides are computed and left out.
    const apart = Math.max(...p.stride) > 1 && Math.max(...p.dilation) > 1;
    const padding = apart ? sidesOf(context.inputs[0] ?? [], p) : p.padding;
    const numeric = typeof padding !== 'string';
    const [convolution, ...after] = activated(
      {
        className: 'Conv2D',
        config: {
          filters: p.filters,
          kernelSize: p.kernel,
          strides: apart ? [1, 1] : p.stride,
          padding: numeric ? 'valid' : padding,
          dataFormat: 'channelsLast',
          dilationRate: p.dilation,
          useBias: p.bias,
          kernelInitializer: context.initializer(p.initializer),
          biasInitializer: context.initializer('zeros'),
        },
        weights: p.bias ? ['kernel', 'bias'] : ['kernel'],
      },
      p.activation,
    );
    return [...(numeric ? zeroPadding(padding) : []), convolution, ...(apart ? [everyNth(p.stride)] : []), ...after];
  },
  reads: { Conv2D: (config) => readConvolution(config, 2) },
  macs: ([input = []], [output = []], p) =>
    (output[1] ?? 0) * (output[2] ?? 0) * p.filters * volume(p.kernel) * channels(input),
  formula: ([input = []], _outputs, p) => [
    ...windowFormulas(input, p, names),
    {
      title: 'Parameters',
      lines: [
        [
          ...p.kernel.flatMap((size): readonly Term[] => [{ text: `${size}`, param: 'kernel' }, '·']),
          { text: `${channels(input)}`, input: true },
          '·',
          { text: `${p.filters}`, param: 'filters' },
          ...(p.bias ? [' + ', { text: `${p.filters}`, param: 'bias' }] : []),
          ' = ',
          {
            text: (volume(p.kernel) * channels(input) * p.filters + (p.bias ? p.filters : 0)).toLocaleString('en'),
            result: true,
          },
        ],
      ],
    },
  ],
  telling: (p) => `${p.filters} · ${windowText(p)}`,
  kind: (p) => withActivationLabel('Conv 2D', p.activation),
  torch: () => ({ none: 'TODO' }),
  keras: () => ({ none: 'TODO' }),
  cases: [
    // LeNet-5's first layer: 6·(5·5·1) + 6 weights.
    {
      params: {
        filters: 6,
        kernel: [5, 5],
        padding: [
          [2, 2],
          [2, 2],
        ],
      },
      in: [[null, 28, 28, 1]],
      out: [[null, 28, 28, 6]],
      weights: 156,
    },
    // AlexNet's, as the course counts it: 96·(11·11·3) + 96.
    {
      params: { filters: 96, kernel: [11, 11], stride: [4, 4] },
      in: [[null, 227, 227, 3]],
      out: [[null, 55, 55, 96]],
      weights: 34_944,
    },
    {
      params: { filters: 4, stride: [2, 2], padding: 'same' },
      in: [[null, 7, 8, 2]],
      out: [[null, 4, 4, 4]],
      weights: 76,
    },
    {
      params: {
        filters: 3,
        kernel: [3, 2],
        dilation: [2, 3],
        bias: false,
        padding: [
          [1, 0],
          [2, 1],
        ],
      },
      in: [[null, 9, 9, 2]],
      out: [[null, 6, 9, 3]],
      weights: 36,
    },
    // A 5-wide reach on 9 columns, every other one: (9 − 2·2 − 1)/2 + 1 = 3.
    {
      params: { filters: 2, stride: [2, 2], dilation: [2, 2] },
      in: [[null, 9, 9, 1]],
      out: [[null, 3, 3, 2]],
      weights: 20,
    },
    {
      params: { filters: 2, stride: [2, 1], dilation: [1, 2], padding: 'same', activation: 'softmax' },
      in: [[null, 8, 6, 1]],
      out: [[null, 4, 6, 2]],
      weights: 20,
    },
    // One 5×5×3 filter over a 32×32 colour image, as the course has it.
    { params: { filters: 1, kernel: [5, 5] }, in: [[null, 32, 32, 3]], out: [[null, 28, 28, 1]], weights: 76 },
  ],
});
