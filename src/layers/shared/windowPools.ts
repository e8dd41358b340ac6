import { problem } from '@/core/problem';
import { withoutBatch, type Rank, type Shape } from '@/core/shape';
import { defineLayer, refused, shapedAll, type LayerCase, type LayerDefinition } from '../define';
import { ownStock } from '../own';
import { windowField } from './field';
import { averagePooled, maxPlaces, maxPooled } from './pool';
import {
  averagePoolParams,
  maxPoolParams,
  namedPadding,
  poolNames,
  poolShape,
  poolWindow,
  readPool,
  stockPool,
  type PoolValues,
} from './pooling';
import {
  kerasAveragePool,
  kerasMaxPool,
  torchAveragePool,
  torchMaxPool,
  torchMaxPoolWithIndices,
} from './poolingEmit';
import { reachedOf } from './reached';
import { zeroPadding } from './stock';
import { axisWindows, volume, windowFormulas, windowText } from './windows';

interface Header<P> {
  readonly type: string;
  readonly summary: string;
  readonly keywords: readonly string[];
  readonly shortcut?: string;
  readonly reference: string;
  readonly cases: readonly LayerCase<P>[];
}
interface MaxValues extends PoolValues {
  readonly dilation: readonly number[];
}
interface AverageValues extends PoolValues {
  readonly countPadding: boolean;
}

/** What is told of every window that pools. */
const windowRules = {
  formula: ([input = []]: readonly Shape[], _outputs: readonly Shape[], p: PoolValues) =>
    windowFormulas(input, poolWindow(p), poolNames(p)),
  field: ([input = []]: readonly Shape[], _outputs: readonly Shape[], p: PoolValues) =>
    windowField(input, poolWindow(p)),
  telling: (p: PoolValues) => windowText(poolWindow(p)),
  macs: null,
};

/**
 * The largest number of each window, channel by channel; padding never wins. The first of equal ones takes the
 * gradient.
 * Input:  [batch, …, channels]
 * Output: [batch, …', channels], ⌊(in + pₐ + p_b − d·(k−1) − 1)/s⌋ + 1 per axis, or ⌈…⌉ rounded up
 * Goodfellow, Bengio & Courville 2016, "Deep Learning", §9.3.
 */
export function defineMaxPool(rank: Rank, header: Header<MaxValues>): LayerDefinition {
  return defineLayer({
    ...header,
    family: 'pooling',
    title: `Max pool ${rank}D`,
    params: maxPoolParams(rank),
    shape: ([input = []], p) => poolShape(input, p, 'Max pool'),
    forward: (tf, [x], _weights, p) => maxPooled(tf, x, axisWindows(x.shape, poolWindow(p))),
    lower: (p, { inputs: [input = []] }) => {
      const padding = namedPadding(input, p);
      return padding ? [stockPool(`MaxPooling${rank}D`, p, padding)] : ownStock(header.type, p);
    },
    reads: { [`MaxPooling${rank}D`]: (config) => readPool(config, rank) },
    ...windowRules,
    torch: (p, { inputs: [input = []] }) => torchMaxPool(input, p),
    keras: (p, { inputs: [input = []] }) => kerasMaxPool(input, p),
  });
}

/**
 * The mean of each window, channel by channel; at the border of the cells inside only, as in TensorFlow, or of the
 * padding's zeros too. What rounding up adds to the padding never counts, as in PyTorch.
 * Input:  [batch, …, channels]
 * Output: [batch, …', channels], ⌊(in + pₐ + p_b − k)/s⌋ + 1 per axis, or ⌈…⌉ rounded up
 * LeCun, Bottou, Bengio & Haffner 1998, "Gradient-based learning applied to document recognition", §II.B.
 */
export function defineAveragePool(rank: Rank, header: Header<AverageValues>): LayerDefinition {
  const className = `AveragePooling${rank}D`;
  return defineLayer({
    ...header,
    family: 'pooling',
    title: `Average pool ${rank}D`,
    params: averagePoolParams(rank),
    shape: ([input = []], p) => poolShape(input, p, 'Average pool'),
    forward: (tf, [x], _weights, p) =>
      averagePooled(tf, x, axisWindows(x.shape, poolWindow(p)), p.countPadding),
    lower: (p, { inputs: [input = []] }) => {
      const reached = axisWindows(input, poolWindow(p)).map(reachedOf);
      const counts = p.countPadding && reached.some(({ before, after }) => before + after > 0);
      const padding = counts ? null : namedPadding(input, p);
      if (padding) return [stockPool(className, p, padding)];
      // Of the zero paddings tfjs has that of images.
      const asZeros = rank === 2 && counts && reached.every(({ overhang }) => overhang === 0);
      if (!asZeros) return ownStock(header.type, p);
      return [...zeroPadding(reached.map(({ before, after }) => [before, after])), stockPool(className, p, 'valid')];
    },
    reads: { [className]: (config) => readPool(config, rank) },
    ...windowRules,
    formula: (inputs, outputs, p) => [
      ...windowRules.formula(inputs, outputs, p),
      {
        title: 'Numbers averaged into each output',
        lines: [
          [
            ...(p.pool.length > 1
              ? [...p.pool.flatMap((size, i) => [...(i > 0 ? ['·'] : []), { text: `${size}`, param: 'pool' }]), ' = ']
              : []),
            { text: `${volume(p.pool)}`, result: true },
            ...(p.countPadding ? [] : [', at the border those inside only']),
          ],
        ],
      },
    ],
    torch: (p, { inputs: [input = []] }) => torchAveragePool(input, p, p.countPadding),
    keras: (p, { inputs: [input = []] }) => kerasAveragePool(input, p, p.countPadding),
  });
}

/** The number up to which all whole numbers are exact in 32-bit floats. */
const MOST_PLACES = 2 ** 24;

/**
 * Max pooling that also says where each maximum stood: its place in the channel's plane, counted row by row from 0.
 * Of equal ones it is the first.
 * Input:   [batch, …, channels]
 * Outputs: [batch, …', channels] twice, the numbers and their places
 * Zeiler & Fergus 2014, "Visualizing and understanding convolutional networks", §2.1: the switches.
 */
export function defineMaxPoolWithIndices(rank: Rank, header: Header<MaxValues>): LayerDefinition {
  return defineLayer({
    ...header,
    family: 'pooling',
    title: `Max pool with indices ${rank}D`,
    params: maxPoolParams(rank),
    outputs: () => ['output', 'indices'],
    shape: ([input = []], p) => {
      const { shapes, problems } = poolShape(input, p, 'Max pool with indices');
      const [shape] = shapes ?? [];
      if (!shape) return refused(...problems);
      const sizes = withoutBatch(input).slice(0, -1);
      const places = volume(sizes);
      if (places <= MOST_PLACES) return shapedAll([shape, shape], problems);
      return refused(
        problem(
          'pool.places',
          `Places in a plane of ${sizes.join('×')} = ${places.toLocaleString('en')} cells are not all whole in 32-bit ` +
            `floats, which count to 2²⁴ = ${MOST_PLACES.toLocaleString('en')}.`,
          { expected: `at most ${MOST_PLACES}`, got: `${places}` },
        ),
        ...problems,
      );
    },
    forward: (tf, [x], _weights, p) => {
      const axes = axisWindows(x.shape, poolWindow(p));
      return [maxPooled(tf, x, axes), maxPlaces(tf, x, axes)];
    },
    ...windowRules,
    torch: (p, { inputs: [input = []] }) => torchMaxPoolWithIndices(input, p),
    keras: () => ({ none: 'Keras’ pooling does not say where its maxima stood.' }),
  });
}
