import { int, type AnyParams } from '@/core/params';
import { ok, type Result } from '@/core/result';
import { channels, type Rank } from '@/core/shape';
import { defineLayer, type LayerCase, type LayerDefinition, type StockLayer } from '../define';
import { pythonCall, sizeArgument } from '../emit';
import { ownStock } from '../own';
import { activated, torchActivation, withActivationLabel } from './activations';
import {
  biasSpec,
  kernelParams,
  kernelTerms,
  parameterFormula,
  positions,
  slidingNames,
  slidingParams,
  slidingShape,
  type KernelValues,
  type SlidingValues,
} from './kernels';
import { depthwiseFirst, kerasKernel, kerasSliding, torchBias, torchSliding } from './convolutionEmit';
import { paddingFirst, simplified, stockBias, stockSliding, weightNames } from './convolutionStock';
import { biased, convolveDepthwise } from './convolve';
import { windowField } from './field';
import { kerasRegularizer, penaltyOf, readPenalty, stockRegularizer } from './penalty';
import { readInitializer, readSliding } from './stock';
import { sidesOf, volume, windowFormulas, windowText } from './windows';

/** The most maps that a depthwise kernel makes of one channel. */
export const multiplierParam = int({
  label: 'Multiplier',
  hint: 'Maps that each channel gives.',
  min: 1,
  max: 1024,
  default: 1,
});

export interface DepthwiseValues extends SlidingValues, KernelValues {
  readonly multiplier: number;
}

interface Header {
  readonly type: string;
  readonly summary: string;
  readonly keywords: readonly string[];
  readonly cases: readonly LayerCase<DepthwiseValues>[];
}

/** A stock config's depth multiplier; 1 where it says none. */
export const readMultiplier = (config: AnyParams): number =>
  typeof config.depthMultiplier === 'number' ? config.depthMultiplier : 1;

function readDepthwise(config: AnyParams, rank: Rank): Result<DepthwiseValues> {
  const sliding = readSliding(config, rank);
  if (!sliding.ok) return sliding;
  const penalty = readPenalty({ kernelRegularizer: config.depthwiseRegularizer });
  if (!penalty.ok) return penalty;
  const initializer = readInitializer(config.depthwiseInitializer, 'glorotUniform');
  return ok({ multiplier: readMultiplier(config), ...sliding.value, initializer, ...penalty.value });
}

/**
 * Depthwise convolution over one or two spatial axes: each channel is convolved with kernels of its own, and channels
 * are not mixed.
 * Input:  [batch, …, channels]     Output: [batch, …', channels·multiplier], a channel's maps side by side
 * Sifre 2014, "Rigid-motion scattering for image classification", §6; Howard et al. 2017, "MobileNets", §3.1.
 */
export function defineDepthwise(rank: 1 | 2, header: Header): LayerDefinition {
  const title = `Depthwise conv ${rank}D`;
  return defineLayer({
    ...header,
    family: 'convolution',
    title,
    reference: 'Howard et al. 2017, MobileNets: efficient convolutional neural networks for mobile vision, §3.1',
    params: { multiplier: multiplierParam, ...slidingParams(rank), ...kernelParams },
    shape: ([input = []], p) => slidingShape(input, p, 'Depthwise conv', (count) => count * p.multiplier),
    weights: ([input = []], p) => ({
      depthwiseKernel: {
        shape: [...p.kernel, channels(input), p.multiplier],
        initializer: p.initializer,
        trainable: true,
        penalty: penaltyOf(p),
      },
      ...biasSpec(p, channels(input) * p.multiplier),
    }),
    forward: (tf, [x], { depthwiseKernel, bias }, p) =>
      biased(tf, convolveDepthwise(tf, x, depthwiseKernel!, { ...p, sides: sidesOf(x.shape, p) }), bias),
    lower: (p, context) => {
      const names = weightNames(p, 'depthwiseKernel');
      // tfjs's layer passes its dilation over.
      const isStock = rank === 2 && p.dilation.every((rate) => rate === 1);
      if (!isStock) return ownStock(header.type, p as object as AnyParams, names);
      const padding = simplified(p.padding);
      const layer: StockLayer = {
        className: 'DepthwiseConv2D',
        config: {
          depthMultiplier: p.multiplier,
          ...stockSliding(p, padding),
          ...stockBias(p, context),
          depthwiseInitializer: context.initializer(p.initializer),
          depthwiseRegularizer: stockRegularizer(p),
        },
        weights: names,
      };
      return [...paddingFirst(padding), ...activated(layer, p.activation)];
    },
    reads: { [`DepthwiseConv${rank}D`]: (config) => readDepthwise(config, rank) },
    macs: ([input = []], [output = []], p) => positions(output) * volume(p.kernel) * channels(input) * p.multiplier,
    formula: ([input = []], _outputs, p) => [
      ...windowFormulas(input, p, slidingNames),
      parameterFormula(
        [
          ...kernelTerms(p.kernel),
          [{ text: `${channels(input)}`, input: true }],
          [{ text: `${p.multiplier}`, param: 'multiplier' }],
        ],
        channels(input) * p.multiplier * (volume(p.kernel) + (p.bias ? 1 : 0)),
        p.bias ? { text: `${channels(input) * p.multiplier}`, param: 'bias' } : null,
      ),
    ],
    field: ([input = []], _outputs, p) => windowField(input, p),
    torch: (p, { inputs: [input = []] }) => {
      const { x, named } = torchSliding(input, p);
      const count = channels(input);
      return {
        module: pythonCall(`nn.Conv${rank}d`, [count, count * p.multiplier, sizeArgument(p.kernel)], {
          ...named,
          groups: count === 1 ? undefined : count,
          bias: p.bias ? undefined : false,
        }),
        call: torchActivation(p.activation, `m(${x})`, 'first'),
        layout: 'first',
        weights: { weight: depthwiseFirst('depthwiseKernel', p.kernel, count * p.multiplier), ...torchBias(p, 'bias') },
      };
    },
    keras: (p, { inputs: [input = []] }) => {
      const { x, named, after } = kerasSliding(input, p);
      const layer = pythonCall(`layers.DepthwiseConv${rank}D`, [sizeArgument(p.kernel)], {
        ...named,
        depth_multiplier: p.multiplier === 1 ? undefined : p.multiplier,
        ...kerasKernel(p),
        depthwise_regularizer: kerasRegularizer(p),
      });
      return { call: `${layer}(${x})${after}` };
    },
    telling: (p) => `${p.multiplier > 1 ? `×${p.multiplier} · ` : ''}${windowText(p)}`,
    kind: (p) => withActivationLabel(title, p.activation),
  });
}
