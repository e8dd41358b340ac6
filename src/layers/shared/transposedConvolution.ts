import { axes, padding, type AnyParams } from '@/core/params';
import { err, ok, type Result } from '@/core/result';
import { channels, onEachAxis, withoutBatch, type Rank } from '@/core/shape';
import { defineLayer, refused, shaped, type LayerCase, type LayerDefinition, type StockLayer } from '../define';
import { ownStock } from '../own';
import { activated, withActivationLabel } from './activations';
import {
  biasSpec,
  filtersParam,
  kernelParams,
  kernelTerms,
  parameterFormula,
  slidingNames,
  slidingParams,
  type SlidingValues,
  type TransposedValues,
} from './kernels';
import { simplified, stockBias, stockSliding, weightNames } from './convolutionStock';
import { biased, convolveTransposed } from './convolve';
import { transposedField } from './field';
import { penaltyOf, stockRegularizer } from './penalty';
import { rankProblem } from './rank';
import { readAxes, readConvolution } from './stock';
import { transposedAxes, transposedFormulas, transposeWindow, type TransposedParams } from './transposed';
import { kerasTransposed, torchTransposed } from './transposedEmit';
import { axesText, MOST_WINDOW, volume, windowText } from './windows';

const names: TransposedParams = { ...slidingNames, outputPadding: 'outputPadding' };

interface Header {
  readonly type: string;
  readonly summary: string;
  readonly keywords: readonly string[];
  readonly cases: readonly LayerCase<TransposedValues>[];
}

/** Whether the windows leave no gaps between them; without dilation. */
const coversAll = (p: SlidingValues) => p.kernel.every((size, axis) => size >= (p.stride[axis] ?? 1));
const isAll = (values: readonly number[], value: number) => values.every((each) => each === value);

/** The config of a stock transposed convolution; an output padding of its own replaces what its padding adds. */
function readTransposed(config: AnyParams, rank: Rank): Result<TransposedValues> {
  const read = readConvolution(config, rank);
  if (!read.ok) return read;
  const { groups, ...value } = read.value;
  if (groups !== 1) return err(`its groups is ${groups}, which can’t be drawn (only 1)`);
  const given = config.outputPadding;
  if (given === undefined || given === null) return ok({ ...value, outputPadding: onEachAxis(rank, 0) });
  const outputPadding = readAxes(given, onEachAxis(rank, 0));
  if (!outputPadding) return err(`its output padding ${JSON.stringify(given)} can’t be read`);
  // Keras then takes half the kernel off both sides for `same`; numbers say it.
  const sides = value.kernel.map((size): [number, number] => {
    const cut = value.padding === 'same' ? Math.floor(size / 2) : 0;
    return [cut, cut];
  });
  return ok({ ...value, padding: sides, outputPadding });
}

/**
 * Transposed convolution over one to three spatial axes: each input spreads a kernel over the output, as the transposed
 * matrix of a convolution does.
 * Input:  [batch, …, channels]
 * Output: [batch, …', filters], (in − 1)·s − pₐ − p_b + d·(k − 1) + output padding + 1 per axis
 * Zeiler, Krishnan, Taylor & Fergus 2010, "Deconvolutional networks"; Dumoulin & Visin 2016, §4.
 */
export function defineTransposed(rank: Rank, header: Header): LayerDefinition {
  const title = `Transposed conv ${rank}D`;
  const { kernel, stride, dilation } = slidingParams(rank);
  return defineLayer({
    ...header,
    family: 'convolution',
    title,
    reference: 'Dumoulin & Visin 2016, A guide to convolution arithmetic for deep learning, §4',
    params: {
      filters: filtersParam,
      kernel,
      stride,
      padding: padding({
        label: 'Padding',
        hint: 'Taken off the output: the padding of the convolution that this transposes.',
        rank,
        default: 'valid',
      }),
      outputPadding: axes({
        label: 'Output padding',
        hint: 'Lines more at the end, where a stride leaves the size open.',
        rank,
        min: 0,
        max: MOST_WINDOW,
        default: onEachAxis(rank, 0),
      }),
      dilation,
      ...kernelParams,
    },
    shape: ([input = []], p) => {
      const wrongRank = rankProblem(input, [rank + 1], 'Transposed conv');
      if (wrongRank) return refused(wrongRank);
      const { sizes, problems } = transposeWindow(input, p, names, p.filters);
      return sizes ? shaped([null, ...sizes, p.filters], problems) : refused(...problems);
    },
    weights: ([input = []], p) => ({
      kernel: {
        shape: [...p.kernel, p.filters, channels(input)],
        initializer: p.initializer,
        trainable: true,
        penalty: penaltyOf(p),
      },
      ...biasSpec(p, p.filters),
    }),
    forward: (tf, [x], weights, p) =>
      biased(tf, convolveTransposed(tf, x, weights.kernel!, transposedAxes(x.shape, p)), weights.bias),
    lower: (p, context) => {
      const padded = simplified(p.padding);
      const isPlain = typeof padded === 'string' && isAll(p.outputPadding, 0) && isAll(p.dilation, 1);
      // Where kernels are narrower than the stride, zeros as numbers add no lines as `valid` does, and tfjs gets
      // `same` in three dimensions wrong.
      const isExact = p.padding === 'valid' || (p.padding === 'same' && rank < 3) || coversAll(p);
      if (rank === 1 || !isPlain || !isExact) {
        return ownStock(header.type, p as object as AnyParams, weightNames(p, 'kernel'));
      }
      const layer: StockLayer = {
        className: `Conv${rank}DTranspose`,
        config: {
          filters: p.filters,
          ...stockSliding(p, padded),
          ...stockBias(p, context),
          kernelInitializer: context.initializer(p.initializer),
          kernelRegularizer: stockRegularizer(p),
        },
        weights: weightNames(p, 'kernel'),
      };
      return activated(layer, p.activation);
    },
    reads: { [`Conv${rank}DTranspose`]: (config) => readTransposed(config, rank) },
    macs: ([input = []], _outputs, p) => volume(withoutBatch(input)) * volume(p.kernel) * p.filters,
    formula: ([input = []], _outputs, p) => [
      ...transposedFormulas(input, p, names),
      parameterFormula(
        [
          ...kernelTerms(p.kernel),
          [{ text: `${p.filters}`, param: 'filters' }],
          [{ text: `${channels(input)}`, input: true }],
        ],
        volume(p.kernel) * channels(input) * p.filters + (p.bias ? p.filters : 0),
        p.bias ? { text: `${p.filters}`, param: 'bias' } : null,
      ),
    ],
    field: ([input = []], _outputs, p) => transposedField(input, p),
    torch: (p, { inputs: [input = []] }) => torchTransposed(input, p),
    keras: (p, { inputs: [input = []] }) => kerasTransposed(input, p),
    telling: (p) =>
      `${p.filters} · ${windowText(p)}${isAll(p.outputPadding, 0) ? '' : ` · out pad ${axesText(p.outputPadding)}`}`,
    kind: (p) => withActivationLabel(title, p.activation),
  });
}
