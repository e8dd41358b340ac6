import type { Shape } from '@/core/shape';
import { pythonCall, type KerasCode, type TorchCode, type TorchWeight } from '../emit';
import { directionsOf, type RecurrentParams } from './recurrence';
import { stepsAndFeatures } from './sequences';

/** Keras' columns of the gates as rows, in PyTorch's order. */
const rows = (from: string, order?: readonly number[]): TorchWeight => ({
  from,
  ...(order && { blocks: { axis: 1, order } }),
  permute: [1, 0],
});

/** The last step's outputs, or all of them, merged: from what an nn.RNN returns, (every step's, last states). */
function torchCall(p: RecurrentParams, cellState: boolean): string {
  if (p.direction === 'backward') return p.returnSequences ? 'm(x.flip(1))[0]' : 'm(x.flip(1))[0][:, -1]';
  if (p.direction === 'forward') return p.returnSequences ? 'm(x)[0]' : 'm(x)[0][:, -1]';
  const reduced = { concat: null, sum: 'sum', average: 'mean' }[p.merge];
  if (p.returnSequences) return reduced ? `m(x)[0].unflatten(-1, (2, ${p.units})).${reduced}(-2)` : 'm(x)[0]';
  // Backwards the last output is that of step 0; the last states are those of both directions, [2, batch, units].
  const last = cellState ? 'm(x)[1][0]' : 'm(x)[1]';
  return reduced ? `${last}.${reduced}(0)` : `${last}.transpose(0, 1).flatten(1)`;
}

interface TorchCell {
  /** `nn.LSTM`. */
  readonly module: string;
  readonly named?: Readonly<Record<string, unknown>>;
  /** Whether it returns a cell state beside the output's. */
  readonly cellState?: boolean;
  /** Which of our gates come first, second, … there; left out where they are in the same order. */
  readonly order?: readonly number[];
  /** Its two biases, where ours isn't the first, with zeros as the second. */
  bias?(own: string): readonly [input: TorchWeight, recurrent: TorchWeight];
}

/** A recurrent layer in PyTorch, which has two biases where Keras has one. */
export function recurrentTorch(sequence: Shape, p: RecurrentParams, cell: TorchCell): TorchCode {
  const [, features] = stepsAndFeatures(sequence);
  const blocks = cell.order && { blocks: { axis: 0, order: cell.order } };
  const biases = cell.bias ?? ((own) => [{ from: own, ...blocks }, { fill: 0 }] as const);
  const weights: Record<string, TorchWeight> = {};
  for (const [own, suffix] of p.direction === 'both' ? [['forward', ''], ['backward', '_reverse']] : [['', '']]) {
    const named = (name: string) => (own ? own + name : name.charAt(0).toLowerCase() + name.slice(1));
    weights[`weight_ih_l0${suffix}`] = rows(named('Kernel'), cell.order);
    weights[`weight_hh_l0${suffix}`] = rows(named('RecurrentKernel'), cell.order);
    if (!p.bias) continue;
    const [input, recurrent] = biases(named('Bias'));
    weights[`bias_ih_l0${suffix}`] = input;
    weights[`bias_hh_l0${suffix}`] = recurrent;
  }
  return {
    module: pythonCall(cell.module, [features, p.units], {
      ...cell.named,
      bias: p.bias ? undefined : false,
      batch_first: true,
      bidirectional: directionsOf(p) === 2 ? true : undefined,
    }),
    call: torchCall(p, cell.cellState ?? false),
    layout: 'last',
    weights,
  };
}

/** A recurrent layer in Keras. */
export function recurrentKeras(
  className: string,
  p: RecurrentParams,
  named: Readonly<Record<string, unknown>> = {},
): KerasCode {
  const layer = pythonCall(`layers.${className}`, [p.units], {
    activation: p.cellActivation === 'tanh' ? undefined : p.cellActivation,
    use_bias: p.bias ? undefined : false,
    ...named,
    return_sequences: p.returnSequences || undefined,
    go_backwards: p.direction === 'backward' || undefined,
  });
  if (p.direction !== 'both') return { call: `${layer}(x)` };
  const merge = { concat: '', sum: ', merge_mode="sum"', average: ', merge_mode="ave"' }[p.merge];
  return { call: `layers.Bidirectional(${layer}${merge})(x)` };
}
