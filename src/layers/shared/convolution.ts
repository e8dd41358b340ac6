import { int } from '@/core/params';
import { channels, type Rank } from '@/core/shape';
import { defineLayer, refused, type LayerCase, type LayerDefinition } from '../define';
import { withActivationLabel } from './activations';
import { compareStack, compareUnshared } from './convolutionCompare';
import { kerasConvolution, torchConvolution } from './convolutionEmit';
import { lowerConvolution } from './convolutionStock';
import { biased, convolve } from './convolve';
import { windowField } from './field';
import { groupsProblems, MOST_GROUPS } from './groups';
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
  type ConvolutionValues,
} from './kernels';
import { penaltyOf } from './penalty';
import { readConvolution } from './stock';
import { sidesOf, volume, windowFormulas, windowText } from './windows';

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
