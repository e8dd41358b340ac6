import { problem, type ParamFix, type Problem } from '@/core/problem';
import { channels, formatShape, type Shape } from '@/core/shape';
import { defineLayer, refused, shaped } from '../define';
import { python, pythonCall, sizeArgument } from '../emit';
import { torchActivation, withActivationLabel } from '../shared/activations';
import {
  biasSpec,
  filtersParam,
  kernelParams,
  kernelTerms,
  parameterFormula,
  positions,
  slidingNames,
  slidingParams,
  slidingShape,
  type SlidingValues,
} from '../shared/kernels';
import { outFirst, torchBias, unlessOne } from '../shared/convolutionEmit';
import { biased } from '../shared/convolve';
import { sampleTaps } from '../shared/deform';
import { penaltyOf } from '../shared/penalty';
import { rankProblem } from '../shared/rank';
import { axisWindows, MOST_WINDOW, sidesOf, volume, windowFormulas, windowText } from '../shared/windows';

const outputsOf = (image: Shape, p: SlidingValues) => axisWindows(image, p).map(({ out }) => out);

/** Changes of one parameter with which the numbers that come in are as many as there must be. */
function fixesFor(image: Shape, given: Shape, p: SlidingValues, perTap: number): readonly ParamFix[] {
  const side = Math.sqrt(channels(given) / perTap);
  const square = [side, side];
  const isKernel = Number.isInteger(side) && side >= 1 && side <= MOST_WINDOW;
  const tries: readonly (readonly [title: string, change: Partial<SlidingValues>])[] = [
    ['padding same', { padding: 'same' }],
    ['padding valid', { padding: 'valid' }],
    ['stride 1', { stride: [1, 1] }],
    ...(isKernel ? [[`kernel ${side}`, { kernel: square }] as const] : []),
  ];
  return tries
    .filter(([, change]) => {
      const changed = { ...p, ...change };
      const sizes = [...outputsOf(image, changed), perTap * volume(changed.kernel)];
      return sizes.every((size, i) => size >= 1 && size === given[i + 1]);
    })
    .map(([title, change]) => ({ title, params: change }));
}

/** Refuses offsets or a mask that are not a number, or two, for each tap of each output. */
function numbersProblem(image: Shape, given: Shape, p: SlidingValues, port: 'offsets' | 'mask'): Problem | null {
  const perTap = port === 'offsets' ? 2 : 1;
  const taps = perTap * volume(p.kernel);
  const wanted: Shape = [null, ...outputsOf(image, p), taps];
  if (wanted.every((size, axis) => size === given[axis]) && given.length === wanted.length) return null;
  const product = `${perTap === 2 ? '2·' : ''}${p.kernel.join('·')} = ${taps}`;
  return problem(
    `deformable.${port}`,
    `The ${port} must be ${formatShape(wanted)}, ${product} for each output; what comes in is ${formatShape(given)}.`,
    {
      expected: formatShape(wanted),
      got: formatShape(given),
      params: ['kernel', 'stride', 'padding'],
      fixes: given.length === wanted.length ? fixesFor(image, given, p, perTap) : [],
    },
  );
}

/**
 * Deformable convolution: each tap of the window looks a learned distance away from its place, between the pixels too.
 * A mask, where one comes in, weighs what each tap sees.
 * Inputs: image [batch, height, width, channels]; offsets [batch, height', width', 2·kₕ·k_w], for each tap, row by
 *         row, how far down and how far right; mask [batch, height', width', kₕ·k_w], or nothing
 * Output: [batch, height', width', filters]
 * Offsets and mask come from convolutions over the image, as a rule; a sigmoid on the mask is theirs. Equal offsets for
 * all taps shift the window as a whole. With a mask that is a softmax over the taps, the layer pools adaptively: equal
 * scores give the average, scores that grow with the pixels the maximum, that fall with them the minimum.
 * Dai et al. 2017, "Deformable convolutional networks", §2.1; the mask: Zhu et al. 2019, "Deformable ConvNets v2".
 */
export const deformableConv2d = defineLayer({
  type: 'deformableConv2d',
  family: 'convolution',
  title: 'Deformable conv 2D',
  summary: 'Convolves where learned offsets point, between pixels too: windows take the shape of what they see.',
  keywords: ['convolution', 'dcn', 'offset', 'bilinear', 'adaptive', 'modulated'],
  reference: 'Dai et al. 2017, Deformable convolutional networks, §2.1; Zhu et al. 2019, Deformable ConvNets v2, §3.2',
  inputs: { kind: 'variadic', name: 'input', min: 2, max: 3, names: ['image', 'offsets', 'mask'] },
  params: { filters: filtersParam, ...slidingParams(2), ...kernelParams },
  shape: ([image = [], offsets = [], mask], p) => {
    const inference = slidingShape(image, p, 'Deformable conv', () => p.filters);
    if (!inference.shapes) return inference;
    const unlike = [
      rankProblem(offsets, [3]) ?? numbersProblem(image, offsets, p, 'offsets'),
      mask ? (rankProblem(mask, [3]) ?? numbersProblem(image, mask, p, 'mask')) : null,
    ].filter((found) => found !== null);
    if (unlike.length > 0) return refused(...unlike, ...inference.problems);
    const [output = []] = inference.shapes;
    return shaped(output, inference.problems);
  },
  weights: ([image = []], p) => ({
    kernel: {
      shape: [...p.kernel, channels(image), p.filters],
      initializer: p.initializer,
      trainable: true,
      penalty: penaltyOf(p),
    },
    ...biasSpec(p, p.filters),
  }),
  forward: (tf, [x, offsets, mask], { kernel, bias }, p) => {
    const sampled = sampleTaps(tf, x, offsets!, p, sidesOf(x.shape, p));
    const seen = mask ? tf.mul(sampled, tf.reshape(mask, [-1, 1])) : sampled;
    const taps = volume(p.kernel) * (x.shape.at(-1) ?? 1);
    const product = tf.matMul(tf.reshape(seen, [-1, taps]), tf.reshape(kernel!, [taps, p.filters]));
    return biased(tf, tf.reshape(product, [...offsets!.shape.slice(0, 3), p.filters]), bias);
  },
  macs: ([image = []], [output = []], p) => positions(output) * p.filters * volume(p.kernel) * channels(image),
  formula: ([image = []], _outputs, p) => [
    ...windowFormulas(image, p, slidingNames),
    {
      title: 'Offsets for each output',
      lines: [['2·', ...kernelTerms(p.kernel).flatMap((term, i) => (i === 0 ? term : ['·', ...term])), ' = ', {
        text: `${2 * volume(p.kernel)}`,
        result: true,
      }]],
    },
    parameterFormula(
      [
        ...kernelTerms(p.kernel),
        [{ text: `${channels(image)}`, input: true }],
        [{ text: `${p.filters}`, param: 'filters' }],
      ],
      volume(p.kernel) * channels(image) * p.filters + (p.bias ? p.filters : 0),
      p.bias ? { text: `${p.filters}`, param: 'bias' } : null,
    ),
  ],
  field: () => 'all',
  torch: (p, { inputs: [image = [], , mask], outputs: [output = []] }) => {
    const [, height = 1, width = 1] = image;
    const windows = axisWindows(image, p);
    // Where the taps of all outputs look on one axis: a grid that a convolution with its own size as stride reads.
    const line = (axis: number) => {
      const { stride = 1, before = 0, kernel = 1, dilation = 1 } = windows[axis] ?? {};
      const range = (count: number, step: number) =>
        step === 1 ? `torch.arange(${count})` : `torch.arange(${count}) * ${step}`;
      if (kernel === 1 && before === 0) return range(output[axis + 1] ?? 1, stride);
      const outputs = range(output[axis + 1] ?? 1, stride);
      const starts = before > 0 ? `${outputs} - ${before}` : outputs;
      const down = stride > 1 || before > 0 ? `(${starts})[:, None]` : `${starts}[:, None]`;
      return `(${down} + ${range(kernel, dilation)}).flatten()`;
    };
    const taps = python(p.kernel);
    const [rows = 1, columns = 1] = p.kernel;
    const offsets = `x1.unflatten(1, (${rows}, ${columns}, 2)).permute(0, 4, 1, 5, 2, 3).flatten(3, 4).flatten(1, 2)`;
    const grid = `torch.stack(torch.meshgrid(${line(0)}, ${line(1)}, indexing="ij"), -1) + ${offsets}`;
    const scaled = `(2 * (${grid}).flip(-1) + 1) / torch.tensor([${width}, ${height}]) - 1`;
    const sampled = `F.grid_sample(x0, ${scaled}, align_corners=False)`;
    const weighed = `x2.unflatten(1, ${taps}).permute(0, 3, 1, 4, 2).flatten(3, 4).flatten(1, 2).unsqueeze(1)`;
    return {
      module: pythonCall('nn.Conv2d', [channels(image), p.filters, sizeArgument(p.kernel)], {
        stride: unlessOne(p.kernel),
        bias: p.bias ? undefined : false,
      }),
      call: torchActivation(p.activation, `m(${mask ? `${sampled} * ${weighed}` : sampled})`, 'first'),
      layout: 'first',
      weights: { weight: outFirst('kernel', 2), ...torchBias(p, 'bias') },
    };
  },
  keras: () => ({ none: 'Keras has no deformable convolution.' }),
  telling: (p) => `${p.filters} · ${windowText(p)}`,
  kind: (p) => withActivationLabel('Deformable conv 2D', p.activation),
  cases: [
    // 3·3·2·4 + 4 weights; 2·3·3 offsets for each of 3×4 outputs.
    { params: { filters: 4 }, in: [[null, 5, 6, 2], [null, 3, 4, 18]], out: [[null, 3, 4, 4]], weights: 76 },
    {
      params: { filters: 2, kernel: [2, 3], stride: [2, 1], dilation: [1, 2], padding: 'same', bias: false },
      in: [[null, 5, 4, 3], [null, 3, 4, 12], [null, 3, 4, 6]],
      out: [[null, 3, 4, 2]],
      weights: 36,
    },
    {
      params: { filters: 3, padding: [[1, 0], [2, 1]], activation: 'relu' },
      in: [[null, 4, 3, 1], [null, 3, 4, 18]],
      out: [[null, 3, 4, 3]],
      weights: 30,
    },
  ],
});
