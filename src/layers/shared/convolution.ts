import { axes, bool, initializer, int, padding, type Padding, type ParamValues } from '@/core/params';
import { channels, onEachAxis, withoutBatch, type Rank, type Shape } from '@/core/shape';
import { defineLayer, refused, shaped, type Formula, type LayerCase, type LayerDefinition, type Term } from '../define';
import { activationParam, withActivationLabel } from './activations';
import { compareStack, compareUnshared } from './convolutionCompare';
import { kerasConvolution, torchConvolution } from './convolutionEmit';
import { lowerConvolution } from './convolutionStock';
import { biased, convolve } from './convolve';
import { windowField } from './field';
import { groupsProblems, MOST_GROUPS } from './groups';
import { penaltyOf, penaltyParams } from './penalty';
import { rankProblem } from './rank';
import { slideWindow } from './sliding';
import { readConvolution } from './stock';
import { MOST_WINDOW, sidesOf, volume, windowFormulas, windowText, type WindowParams } from './windows';

/** What every kind of convolution has: how its window slides. */
export const slidingParams = (rank: Rank) => ({
  kernel: axes({ label: 'Kernel', rank, min: 1, max: MOST_WINDOW, default: onEachAxis(rank, 3) }),
  stride: axes({ label: 'Stride', rank, min: 1, max: MOST_WINDOW, default: onEachAxis(rank, 1) }),
  padding: padding({ label: 'Padding', rank, default: 'valid', causal: rank === 1 }),
  dilation: axes({ label: 'Dilation', rank, min: 1, max: MOST_WINDOW, default: onEachAxis(rank, 1) }),
});

/** What every kind of convolution has beside its window. */
export const kernelParams = {
  activation: activationParam('linear'),
  bias: bool({ label: 'Bias', default: true }),
  initializer: initializer({ label: 'Initialiser', default: 'heNormal' }),
  biasInitializer: initializer({ label: 'Bias initialiser', default: 'zeros', advanced: true }),
  ...penaltyParams,
} as const;

export const filtersParam = int({ label: 'Filters', min: 1, max: 65536, default: 8 });

export const slidingNames: WindowParams = {
  kernel: 'kernel',
  stride: 'stride',
  padding: 'padding',
  dilation: 'dilation',
  numericPadding: true,
};

/** The values of `slidingParams` and `kernelParams`. */
export interface SlidingValues {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: Padding;
  readonly dilation: readonly number[];
}
export type KernelValues = ParamValues<typeof kernelParams>;
export interface ConvolutionValues extends SlidingValues, KernelValues {
  readonly filters: number;
  readonly groups: number;
}

/** A convolution's shape rule. @param form the title without its number: `Conv` for Conv 2D. */
export function slidingShape(input: Shape, p: SlidingValues, form: string, filters: (channels: number) => number) {
  const wrongRank = rankProblem(input, [p.kernel.length + 1], form);
  if (wrongRank) return refused(wrongRank);
  const { sizes, problems } = slideWindow(input, p, slidingNames);
  return sizes ? shaped([null, ...sizes, filters(channels(input))], problems) : refused(...problems);
}

export const biasSpec = (p: KernelValues, filters: number) =>
  p.bias && { bias: { shape: [filters], initializer: p.biasInitializer, trainable: true } };

/** Places of the output: the product of its spatial axes. */
export const positions = (output: Shape): number => volume(withoutBatch(output).slice(0, -1));

/** `5·5·3·6 + 6 = 456`: the parameters as a product of terms, with a bias for each filter. */
export function parameterFormula(factors: readonly (readonly Term[])[], count: number, bias: Term | null): Formula {
  const joined = factors.flatMap((factor, i) => (i === 0 ? factor : ['·', ...factor]));
  return {
    title: 'Parameters',
    lines: [[...joined, ...(bias ? [' + ', bias] : []), ' = ', { text: count.toLocaleString('en'), result: true }]],
  };
}
export const kernelTerms = (kernel: readonly number[]): readonly (readonly Term[])[] =>
  kernel.map((size) => [{ text: `${size}`, param: 'kernel' }]);

interface Header {
  readonly type: string;
  readonly summary: string;
  readonly keywords: readonly string[];
  readonly shortcut?: string;
  readonly reference: string;
  readonly cases: readonly LayerCase<ConvolutionValues>[];
}

/**
 * Convolution (cross-correlation) over one to three spatial axes, one kernel per filter, shared over all positions.
 * Input:  [batch, …, channels]
 * Output: [batch, …', filters], ⌊(in + pₐ + p_b − d·(k−1) − 1)/s⌋ + 1 per axis
 * Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", §2; groups: Krizhevsky, Sutskever &
 * Hinton 2012, "ImageNet classification with deep convolutional neural networks", §3.5.
 */
export function defineConvolution(rank: Rank, header: Header): LayerDefinition {
  const title = `Conv ${rank}D`;
  return defineLayer({
    ...header,
    family: 'convolution',
    title,
    params: {
      filters: filtersParam,
      ...slidingParams(rank),
      groups: int({
        label: 'Groups',
        hint: 'Filters of a group see only the channels of their group.',
        min: 1,
        max: MOST_GROUPS,
        default: 1,
      }),
      ...kernelParams,
    },
    shape: ([input = []], p) => {
      const inference = slidingShape(input, p, 'Conv', () => p.filters);
      const ungrouped = input.length === rank + 2 ? groupsProblems(input, p) : [];
      return ungrouped.length > 0 ? refused(...ungrouped, ...inference.problems) : inference;
    },
    weights: ([input = []], p) => {
      const shape = [...p.kernel, channels(input) / p.groups, p.filters];
      return {
        kernel: { shape, initializer: p.initializer, trainable: true, penalty: penaltyOf(p) },
        ...biasSpec(p, p.filters),
      };
    },
    forward: (tf, [x], { kernel, bias }, p) =>
      biased(tf, convolve(tf, x, kernel!, { ...p, sides: sidesOf(x.shape, p) }, p.groups), bias),
    lower: (p, context) => lowerConvolution(header.type, rank, p, context),
    reads: { [`Conv${rank}D`]: (config) => readConvolution(config, rank) },
    macs: ([input = []], [output = []], p) =>
      positions(output) * p.filters * volume(p.kernel) * (channels(input) / p.groups),
    formula: ([input = []], _outputs, p) => [
      ...windowFormulas(input, p, slidingNames),
      parameterFormula(
        [
          ...kernelTerms(p.kernel),
          p.groups === 1
            ? [{ text: `${channels(input)}`, input: true }]
            : ['(', { text: `${channels(input)}`, input: true }, '/', { text: `${p.groups}`, param: 'groups' }, ')'],
          [{ text: `${p.filters}`, param: 'filters' }],
        ],
        volume(p.kernel) * (channels(input) / p.groups) * p.filters + (p.bias ? p.filters : 0),
        p.bias ? { text: `${p.filters}`, param: 'bias' } : null,
      ),
    ],
    field: ([input = []], _outputs, p) => windowField(input, p),
    compare: ([input = []], [output = []], p) => [...compareUnshared(input, output, p), ...compareStack(input, p)],
    torch: (p, { inputs: [input = []] }) => torchConvolution(input, p),
    keras: (p, { inputs: [input = []] }) => kerasConvolution(input, p),
    telling: (p) => `${p.filters} · ${windowText(p)}${p.groups > 1 ? ` · ${p.groups} groups` : ''}`,
    kind: (p) => withActivationLabel(title, p.activation),
  });
}
