import { bool } from '@/core/params';
import { err, ok } from '@/core/result';
import { channels, onEachAxis, withoutBatch, type Rank } from '@/core/shape';
import { defineLayer, refused, shaped, type LayerCase, type LayerDefinition, type StockLayer } from '../define';
import { python, pythonCall } from '../emit';
import { ownStock } from '../own';
import { stockPool } from './pooling';
import { rankProblem } from './rank';
import { refuseUnless } from './stock';
import { volume } from './windows';

interface Header {
  readonly type: string;
  readonly summary: string;
  readonly keywords: readonly string[];
  readonly shortcut?: string;
  readonly reference: string;
  readonly cases: readonly LayerCase<{ readonly keepAxes: boolean }>[];
}

/** What differs between means and maxima. */
const kinds = {
  average: { title: 'Global average pool', stock: 'Average', torch: 'mean', told: 'Numbers averaged into each output' },
  max: { title: 'Global max pool', stock: 'Max', torch: 'amax', told: 'Numbers of which each output is the largest' },
} as const;

/**
 * The mean or the largest number of each channel over all places.
 * Input:  [batch, …, channels]     Output: [batch, channels], or [batch, 1, …, channels] with the axes kept
 * Lin, Chen & Yan 2014, "Network in network", §3.2.
 */
export function defineGlobalPool(kind: keyof typeof kinds, rank: Rank, header: Header): LayerDefinition {
  const { title, stock, torch, told } = kinds[kind];
  const className = `Global${stock}Pooling${rank}D`;
  const overAll: StockLayer = { className, config: rank === 1 ? {} : { dataFormat: 'channelsLast' } };
  const spatial = onEachAxis(rank, 0).map((_, axis) => axis + 1);
  return defineLayer({
    ...header,
    family: 'pooling',
    title: `${title} ${rank}D`,
    params: {
      keepAxes: bool({
        label: 'Keep axes',
        hint: `Gives ${[...onEachAxis(rank, 1), 'channels'].join('×')} instead of a vector.`,
        default: false,
        advanced: true,
      }),
    },
    shape: ([input = []], p) => {
      const wrongRank = rankProblem(input, [rank + 1], title);
      if (wrongRank) return refused(wrongRank);
      return shaped([null, ...(p.keepAxes ? onEachAxis(rank, 1) : []), channels(input)]);
    },
    forward: (tf, [x], _weights, p) => (kind === 'max' ? tf.max : tf.mean)(x, spatial, p.keepAxes),
    lower: (p, { inputs: [input = []] }) => {
      // tfjs has none over volumes; and none that keeps the axes, which a window as large as the input does.
      if (rank === 3) return ownStock(header.type, p);
      const pool = withoutBatch(input).slice(0, -1);
      return [p.keepAxes ? stockPool(`${stock}Pooling${rank}D`, { pool, stride: pool }, 'valid') : overAll];
    },
    reads: {
      [className]: (config) => {
        const refusal = refuseUnless(config, { dataFormat: ['channelsLast', 'channels_last'] });
        return refusal ? err(refusal) : ok({ keepAxes: config.keepdims === true });
      },
    },
    formula: ([input = []]) => {
      const sizes = withoutBatch(input).slice(0, -1);
      const factors = sizes.flatMap((size, i) => [...(i > 0 ? ['·'] : []), { text: `${size}`, input: true as const }]);
      const count = { text: volume(sizes).toLocaleString('en'), result: true as const };
      return [
        { title: told, lines: [rank === 1 ? [count] : [...factors, ' = ', count]] },
        { title: 'Outputs', lines: [['one per channel: ', { text: `${channels(input)}`, result: true }]] },
      ];
    },
    field: () => 'all',
    macs: null,
    torch: (p, { inputs: [input = []] }) => {
      // Equal maxima share the gradient; where the axes are kept, the first of them takes it, as in a window.
      const asWindow = p.keepAxes && kind === 'max' && rank !== 3;
      const axes = python(input.slice(1, -1).map((_, axis) => axis + 2));
      return {
        module: asWindow ? `nn.AdaptiveMaxPool${rank}d(1)` : null,
        call: asWindow ? 'm(x)' : `x.${torch}(${axes}${p.keepAxes ? ', keepdim=True' : ''})`,
        layout: 'first',
        weights: {},
      };
    },
    keras: (p) => ({
      call: `${pythonCall(`layers.${className}`, [], { keepdims: p.keepAxes ? true : undefined })}(x)`,
    }),
    telling: (p) => (p.keepAxes ? 'keep axes' : ''),
  });
}
