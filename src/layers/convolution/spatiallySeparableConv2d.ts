import { channels, type Shape } from '@/core/shape';
import { defineLayer } from '../define';
import { pythonCall } from '../emit';
import { torchActivation, withActivationLabel } from '../shared/activations';
import {
  biasSpec,
  filtersParam,
  kernelParams,
  parameterFormula,
  positions,
  slidingNames,
  slidingParams,
  slidingShape,
  type SlidingValues,
} from '../shared/kernels';
import { kerasKernel, kerasSliding, outFirst, torchBias, torchSliding } from '../shared/convolutionEmit';
import { biased, convolve } from '../shared/convolve';
import { windowField } from '../shared/field';
import { kerasRegularizer, penaltyOf } from '../shared/penalty';
import { sidesOf, volume, windowFormulas, windowText } from '../shared/windows';

/** The two windows that make the whole one: down the columns, then along the rows. */
const halves = ({ kernel, stride, dilation, padding }: SlidingValues): readonly [SlidingValues, SlidingValues] => {
  const half = (axis: number): SlidingValues => ({
    kernel: kernel.map((size, i) => (i === axis ? size : 1)),
    stride: stride.map((by, i) => (i === axis ? by : 1)),
    dilation: dilation.map((rate, i) => (i === axis ? rate : 1)),
    padding:
      typeof padding === 'string' ? padding : padding.map((sides, i) => (i === axis ? sides : ([0, 0] as const))),
  });
  return [half(0), half(1)];
};

/** The image between the two: its rows are those of the output. */
const between = (input: Shape, output: Shape, filters: number): Shape => [null, output[1] ?? 1, input[2] ?? 1, filters];

/**
 * Spatially separable convolution: k×1 kernels down the columns, then 1×k kernels along the rows, with nothing between
 * them; a k×k convolution whose kernels are sums of outer products.
 * Input:  [batch, height, width, channels]     Output: [batch, height', width', filters]
 * Jaderberg, Vedaldi & Zisserman 2014, "Speeding up convolutional neural networks with low rank expansions", §2.2.
 */
export const spatiallySeparableConv2d = defineLayer({
  type: 'spatiallySeparableConv2d',
  family: 'convolution',
  title: 'Spatially separable conv 2D',
  summary: 'Convolves down the columns, then along the rows: 2·k weights in place of k², as with Sobel’s kernel.',
  keywords: ['convolution', 'sobel', 'factorised', 'asymmetric', 'inception', 'low rank', 'rank one'],
  reference: 'Jaderberg, Vedaldi & Zisserman 2014, Speeding up convolutional neural networks with low rank expansions',
  params: { filters: filtersParam, ...slidingParams(2), ...kernelParams },
  shape: ([input = []], p) => slidingShape(input, p, 'Conv', () => p.filters),
  weights: ([input = []], p) => {
    const [down, along] = halves(p);
    const common = { initializer: p.initializer, trainable: true, penalty: penaltyOf(p) };
    return {
      columnKernel: { shape: [...down.kernel, channels(input), p.filters], ...common },
      rowKernel: { shape: [...along.kernel, p.filters, p.filters], ...common },
      ...biasSpec(p, p.filters),
    };
  },
  forward: (tf, [x], { columnKernel, rowKernel, bias }, p) => {
    const [down, along] = halves(p);
    const columns = convolve(tf, x, columnKernel!, { ...down, sides: sidesOf(x.shape, down) });
    const rows = convolve(tf, columns, rowKernel!, { ...along, sides: sidesOf(columns.shape, along) });
    return biased(tf, rows, bias);
  },
  macs: ([input = []], [output = []], p) => {
    const [down, along] = halves(p);
    const first = positions(between(input, output, p.filters)) * volume(down.kernel) * channels(input) * p.filters;
    return first + positions(output) * volume(along.kernel) * p.filters * p.filters;
  },
  formula: ([input = []], _outputs, p) => {
    const [down, along] = halves(p);
    const filters = { text: `${p.filters}`, param: 'filters' };
    const [rows, columns] = p.kernel.map((size) => ({ text: `${size}`, param: 'kernel' }));
    const first = volume(down.kernel) * channels(input) * p.filters;
    const second = volume(along.kernel) * p.filters * p.filters;
    return [
      ...windowFormulas(input, p, slidingNames),
      {
        ...parameterFormula([[rows ?? ''], [{ text: `${channels(input)}`, input: true }], [filters]], first, null),
        title: 'Parameters, down the columns',
      },
      {
        ...parameterFormula(
          [[columns ?? ''], [filters], [filters]],
          second + (p.bias ? p.filters : 0),
          p.bias ? { text: `${p.filters}`, param: 'bias' } : null,
        ),
        title: 'Parameters, along the rows',
      },
    ];
  },
  field: ([input = []], _outputs, p) => windowField(input, p),
  compare: ([input = []], _outputs, p) => {
    const [down, along] = halves(p);
    const text = (kernel: readonly number[]) => kernel.join('×');
    const first = volume(down.kernel) * channels(input) * p.filters;
    const second = volume(along.kernel) * p.filters * p.filters;
    return [
      {
        title: 'Weights, separable or full',
        rows: [
          { label: `${text(down.kernel)}, then ${text(along.kernel)}`, value: first + second },
          { label: `Full ${text(p.kernel)}`, value: volume(p.kernel) * channels(input) * p.filters },
        ],
        reference: 'Szegedy et al. 2016, Rethinking the inception architecture for computer vision, §3.2',
      },
    ];
  },
  torch: (p, { inputs: [input = []] }) => {
    const modules: string[] = [];
    const add = (half: SlidingValues, inChannels: number, bias: boolean): number => {
      const { x, named } = torchSliding(input, half);
      if (x !== 'x') modules.push(pythonCall('nn.ZeroPad2d', [sidesOf(input, half).toReversed().flat()]));
      const convolution = { ...named, bias: bias ? undefined : false };
      return modules.push(pythonCall('nn.Conv2d', [inChannels, p.filters, half.kernel], convolution)) - 1;
    };
    const [down, along] = halves(p);
    const [first, second] = [add(down, channels(input), false), add(along, p.filters, p.bias)];
    return {
      module: `nn.Sequential(${modules.join(', ')})`,
      call: torchActivation(p.activation, 'm(x)', 'first'),
      layout: 'first',
      weights: {
        [`${first}.weight`]: outFirst('columnKernel', 2),
        [`${second}.weight`]: outFirst('rowKernel', 2),
        ...torchBias(p, `${second}.bias`),
      },
    };
  },
  keras: (p, { inputs: [input = []] }) => {
    const [down, along] = halves(p);
    const { x, named } = kerasSliding(input, p);
    const kernel_regularizer = kerasRegularizer(p);
    const isPadded = named.padding === undefined;
    const half = (part: SlidingValues) => {
      const sliding = kerasSliding(input, isPadded ? { ...part, padding: 'valid' } : part);
      return { named: sliding.named, after: sliding.after };
    };
    const [first, second] = [half(down), half(along)];
    const columns = pythonCall('layers.Conv2D', [p.filters, down.kernel], {
      ...first.named,
      use_bias: false,
      kernel_regularizer,
    });
    const rows = pythonCall('layers.Conv2D', [p.filters, along.kernel], {
      ...second.named,
      ...kerasKernel(p),
      kernel_regularizer,
    });
    return { call: `${rows}(${columns}(${x})${first.after})${second.after}` };
  },
  telling: (p) => `${p.filters} · ${windowText(p)}`,
  kind: (p) => withActivationLabel('Spatially separable conv 2D', p.activation),
  cases: [
    // One map of each: 3·1·1 + 3·1·1 weights and a bias, where 3×3 has 9.
    { params: { filters: 1 }, in: [[null, 5, 6, 1]], out: [[null, 3, 4, 1]], weights: 7 },
    // 7·4·5 + 7·5·5 + 5.
    {
      params: { filters: 5, kernel: [7, 7], padding: 'same', activation: 'relu' },
      in: [[null, 6, 7, 4]],
      out: [[null, 6, 7, 5]],
      weights: 320,
    },
    {
      params: { filters: 2, kernel: [2, 3], stride: [2, 1], dilation: [1, 2], padding: [[1, 0], [2, 2]], bias: false },
      in: [[null, 5, 4, 3]],
      out: [[null, 3, 4, 2]],
      weights: 24,
    },
  ],
});
