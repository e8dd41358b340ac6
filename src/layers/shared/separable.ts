import type { AnyParams } from '@/core/params';
import { err, ok, type Result } from '@/core/result';
import { channels, onEachAxis, type Rank, type Shape } from '@/core/shape';
import { defineLayer, type Comparison, type LayerCase, type LayerDefinition, type StockLayer } from '../define';
import { pythonCall, sizeArgument } from '../emit';
import { ownStock } from '../own';
import { activated, torchActivation, withActivationLabel } from './activations';
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
} from './kernels';
import { depthwiseFirst, kerasKernel, kerasSliding, outFirst, torchBias, torchSliding } from './convolutionEmit';
import { isApart, paddingFirst, simplified, stockBias, stockSliding, weightNames } from './convolutionStock';
import { biased, convolve, convolveDepthwise, pointwise } from './convolve';
import { multiplierParam, readMultiplier, type DepthwiseValues } from './depthwise';
import { windowField } from './field';
import { kerasRegularizer, penaltyOf, readPenalty, stockRegularizer } from './penalty';
import { readInitializer, readSliding } from './stock';
import { sidesOf, volume, windowFormulas, windowText } from './windows';

interface SeparableValues extends DepthwiseValues {
  readonly filters: number;
}

interface Header {
  readonly type: string;
  readonly summary: string;
  readonly keywords: readonly string[];
  readonly cases: readonly LayerCase<SeparableValues>[];
}

/** Multiply-adds of the two parts, and of a full convolution with as many filters. */
function costsOf(input: Shape, output: Shape, p: SeparableValues) {
  const places = positions(output);
  const count = channels(input);
  return {
    depthwise: places * volume(p.kernel) * count * p.multiplier,
    pointwise: places * count * p.multiplier * p.filters,
    full: places * volume(p.kernel) * count * p.filters,
  };
}

function compareFull(input: Shape, output: Shape, p: SeparableValues): Comparison {
  const { depthwise, pointwise: mixing, full } = costsOf(input, output, p);
  return {
    title: 'Multiply-adds, separable or full',
    rows: [
      { label: 'Depthwise', value: depthwise },
      { label: 'Pointwise', value: mixing },
      { label: 'Both', value: depthwise + mixing },
      { label: 'Full convolution', value: full },
    ],
    reference: 'Howard et al. 2017, MobileNets, §3.1',
  };
}

/** The config of a stock `SeparableConv2D`, both of whose kernels begin and are held alike. */
function readSeparable(config: AnyParams, rank: Rank): Result<SeparableValues> {
  const sliding = readSliding(config, rank);
  if (!sliding.ok) return sliding;
  const penalty = readPenalty({ kernelRegularizer: config.depthwiseRegularizer });
  if (!penalty.ok) return penalty;
  const other = readPenalty({ kernelRegularizer: config.pointwiseRegularizer });
  if (!other.ok) return other;
  if (JSON.stringify(other.value) !== JSON.stringify(penalty.value)) {
    return err('its two kernels have unlike regularisers, which can’t be drawn');
  }
  if (typeof config.filters !== 'number') return err('its number of filters is missing');
  const initializer = readInitializer(config.depthwiseInitializer, 'glorotUniform');
  const multiplier = readMultiplier(config);
  return ok({ filters: config.filters, multiplier, ...sliding.value, initializer, ...penalty.value });
}

/**
 * Depthwise separable convolution over one or two spatial axes: each channel is convolved by itself, then a 1×1
 * convolution mixes them. Penalties hold both kernels; the bias comes after both.
 * Input:  [batch, …, channels]     Output: [batch, …', filters]
 * Howard et al. 2017, "MobileNets", §3.1; Chollet 2017, "Xception", §1.
 */
export function defineSeparable(rank: 1 | 2, header: Header): LayerDefinition {
  const title = `Separable conv ${rank}D`;
  return defineLayer({
    ...header,
    family: 'convolution',
    title,
    reference: 'Chollet 2017, Xception: deep learning with depthwise separable convolutions, §1',
    params: { filters: filtersParam, multiplier: multiplierParam, ...slidingParams(rank), ...kernelParams },
    shape: ([input = []], p) => slidingShape(input, p, 'Separable conv', () => p.filters),
    weights: ([input = []], p) => {
      const common = { initializer: p.initializer, trainable: true, penalty: penaltyOf(p) };
      const maps = channels(input) * p.multiplier;
      return {
        depthwiseKernel: { shape: [...p.kernel, channels(input), p.multiplier], ...common },
        pointwiseKernel: { shape: [...onEachAxis(rank, 1), maps, p.filters], ...common },
        ...biasSpec(p, p.filters),
      };
    },
    forward: (tf, [x], { depthwiseKernel, pointwiseKernel, bias }, p) => {
      const maps = convolveDepthwise(tf, x, depthwiseKernel!, { ...p, sides: sidesOf(x.shape, p) });
      return biased(tf, convolve(tf, maps, pointwiseKernel!, pointwise(rank)), bias);
    },
    lower: (p, context) => {
      const names = weightNames(p, 'depthwiseKernel', 'pointwiseKernel');
      // tfjs's layer leaves its multiplier out of the files that it writes.
      const isStock = rank === 2 && !isApart(p) && p.multiplier === 1;
      if (!isStock) return ownStock(header.type, p as object as AnyParams, names);
      const padding = simplified(p.padding);
      const initializer = context.initializer(p.initializer);
      const regularizer = stockRegularizer(p);
      const layer: StockLayer = {
        className: 'SeparableConv2D',
        config: {
          filters: p.filters,
          depthMultiplier: p.multiplier,
          ...stockSliding(p, padding),
          ...stockBias(p, context),
          depthwiseInitializer: initializer,
          pointwiseInitializer: initializer,
          depthwiseRegularizer: regularizer,
          pointwiseRegularizer: regularizer,
        },
        weights: names,
      };
      return [...paddingFirst(padding), ...activated(layer, p.activation)];
    },
    reads: { [`SeparableConv${rank}D`]: (config) => readSeparable(config, rank) },
    macs: ([input = []], [output = []], p) => {
      const { depthwise, pointwise: mixing } = costsOf(input, output, p);
      return depthwise + mixing;
    },
    formula: ([input = []], _outputs, p) => {
      const maps = channels(input) * p.multiplier;
      const mixed = maps * p.filters;
      return [
        ...windowFormulas(input, p, slidingNames),
        {
          ...parameterFormula(
            [
              ...kernelTerms(p.kernel),
              [{ text: `${channels(input)}`, input: true }],
              [{ text: `${p.multiplier}`, param: 'multiplier' }],
            ],
            volume(p.kernel) * maps,
            null,
          ),
          title: 'Parameters, depthwise',
        },
        {
          ...parameterFormula(
            [[`${maps}`], [{ text: `${p.filters}`, param: 'filters' }]],
            mixed + (p.bias ? p.filters : 0),
            p.bias ? { text: `${p.filters}`, param: 'bias' } : null,
          ),
          title: 'Parameters, pointwise',
        },
      ];
    },
    field: ([input = []], _outputs, p) => windowField(input, p),
    compare: ([input = []], [output = []], p) => [compareFull(input, output, p)],
    torch: (p, { inputs: [input = []] }) => {
      const { x, named } = torchSliding(input, p);
      const count = channels(input);
      const maps = count * p.multiplier;
      const each = pythonCall(`nn.Conv${rank}d`, [count, maps, sizeArgument(p.kernel)], {
        ...named,
        groups: count === 1 ? undefined : count,
        bias: false,
      });
      const mix = pythonCall(`nn.Conv${rank}d`, [maps, p.filters, 1], { bias: p.bias ? undefined : false });
      return {
        module: `nn.Sequential(${each}, ${mix})`,
        call: torchActivation(p.activation, `m(${x})`, 'first'),
        layout: 'first',
        weights: {
          '0.weight': depthwiseFirst('depthwiseKernel', p.kernel, maps),
          '1.weight': outFirst('pointwiseKernel', rank),
          ...torchBias(p, '1.bias'),
        },
      };
    },
    keras: (p, { inputs: [input = []] }) => {
      const { x, named, after } = kerasSliding(input, p);
      const layer = pythonCall(`layers.SeparableConv${rank}D`, [p.filters, sizeArgument(p.kernel)], {
        ...named,
        depth_multiplier: p.multiplier === 1 ? undefined : p.multiplier,
        ...kerasKernel(p),
        depthwise_regularizer: kerasRegularizer(p),
        pointwise_regularizer: kerasRegularizer(p),
      });
      return { call: `${layer}(${x})${after}` };
    },
    telling: (p) => `${p.filters} · ${windowText(p)}`,
    kind: (p) => withActivationLabel(title, p.activation),
  });
}
