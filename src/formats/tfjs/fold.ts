import type { AnyParams, Pair } from '@/core/params';
import type { StockTensor } from '@/compiler/lower';
import type { LayerDefinition } from '@/layers/define';
import { sidesOf } from '@/layers/shared/sides';

/** A stock layer as a layer of ours. */
export interface DrawnLayer {
  readonly stock: string;
  readonly definition: LayerDefinition;
  readonly params: AnyParams;
  readonly from: readonly StockTensor[];
}

interface Folded {
  readonly layers: readonly DrawnLayer[];
  readonly outputs: readonly StockTensor[];
}

/** Sides of a padding layer as the numeric padding of the window after it; `null` where the window takes none. */
function paddingOf(pad: DrawnLayer, window: DrawnLayer): readonly Pair[] | null {
  const param = window.definition.params.padding;
  if (param?.kind !== 'padding' || !param.numeric || pad.definition.type !== `zeroPadding${param.rank}d`) return null;
  return window.params.padding === 'valid' ? sidesOf(param.rank, pad.params) : null;
}

/** An activation that was split off on export, `out_softmax` after a linear `out`, as the parameter it came from. */
function splitActivation(before: DrawnLayer, activation: DrawnLayer): string | null {
  const kind = activation.params.activation;
  if (activation.definition.type !== 'activation' || typeof kind !== 'string') return null;
  const same = activation.stock === `${before.stock}_${kind}` && before.params.activation === 'linear';
  return same && before.definition.params.activation?.kind === 'choice' ? kind : null;
}

/**
 * One drawn layer may be several stock ones; this puts together again what stands in a row with nothing else attached:
 * zero padding before a window without its own, and an activation that an export split off.
 */
export function foldHelpers(drawn: readonly DrawnLayer[], outputs: readonly StockTensor[]): Folded {
  const now = new Map(drawn.map((layer) => [layer.stock, layer]));
  const uses = new Map<string, number>();
  for (const { layer } of [...drawn.flatMap(({ from }) => from), ...outputs]) uses.set(layer, (uses.get(layer) ?? 0) + 1);
  const renamed = new Map<string, string>();
  for (const { stock, from } of drawn) {
    const layer = now.get(stock);
    const before = from.length === 1 ? now.get(from[0]!.layer) : undefined;
    if (!layer || !before || uses.get(before.stock) !== 1) continue;
    const sides = paddingOf(before, layer);
    const activation = splitActivation(before, layer);
    if (sides) {
      now.delete(before.stock);
      now.set(stock, { ...layer, from: before.from, params: { ...layer.params, padding: sides } });
    } else if (activation !== null) {
      now.delete(stock);
      renamed.set(stock, before.stock);
      now.set(before.stock, { ...before, params: { ...before.params, activation } });
    }
  }
  const nameNow = ({ layer, index }: StockTensor): StockTensor => ({ layer: renamed.get(layer) ?? layer, index });
  return {
    layers: [...now.values()].map((layer) => ({ ...layer, from: layer.from.map(nameNow) })),
    outputs: outputs.map(nameNow),
  };
}
