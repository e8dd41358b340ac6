import type { Plan, PlanLayer } from '@/compiler/plan';
import { type Builder, type NativeUnit, sizeOf, type Value } from './builder';
import { compilers } from './compilers';
import { at, type Region } from './region';
import type { Store } from './store';

/** Layers that the kernels can't compute, done on tfjs. */
export interface Bridge {
  compile(unit: NativeUnit, build: Builder): readonly Value[];
}

/** How many layers and heads take each output of each layer. */
function consumersOf(plan: Plan): readonly (readonly number[])[] {
  const counts = plan.layers.map(({ outputs }) => outputs.map(() => 0));
  const count = (layer: number, port: number) => {
    const ports = counts[layer];
    if (ports?.[port] !== undefined) ports[port] += 1;
  };
  for (const { sources } of plan.layers) for (const { layer, port } of sources) count(layer, port);
  for (const output of plan.outputs) count(output, 0);
  return counts;
}

/** Values of the layers' outputs, or the paths of those that want a bridge. */
export type Assembled =
  | { readonly values: readonly (readonly Value[])[] }
  | { readonly foreign: readonly string[] };

/**
 * Puts a plan's layers into instructions, in its order.
 * @param inputs where the examples of a batch stand.
 */
export function assemble(
  plan: Plan,
  build: Builder,
  store: Store,
  batch: number,
  inputs: readonly Region[],
  bridge: Bridge | null,
): Assembled {
  const consumers = consumersOf(plan);
  const values: (readonly Value[])[] = [];
  const foreign: string[] = [];
  const fed = new Map(plan.inputs.map((layer, position) => [layer, inputs[position]]));
  for (const [i, layer] of plan.layers.entries()) {
    const region = fed.get(i);
    if (region) {
      const slope = { needed: false, gradient: null, kept: true, consumers: consumers[i]?.[0] ?? 0 };
      values.push([{ shape: withBatch(layer, batch), place: at(region), slope }]);
      continue;
    }
    const unit: NativeUnit = {
      layer,
      inputs: layer.sources.flatMap((source) => values[source.layer]?.[source.port] ?? []),
      weights: Object.fromEntries(
        layer.weights.flatMap(({ name, key }) => {
          const bound = store.bound(key);
          return bound ? [[name, bound] as const] : [];
        }),
      ),
      consumers: consumers[i] ?? [],
    };
    const own = compilers.get(layer.type)?.compile(unit, build) ?? bridge?.compile(unit, build);
    if (!own) foreign.push(layer.path);
    values.push(own ?? layer.outputs.map((_, port) => build.value(unit, withBatch(layer, batch, port), port)));
  }
  return foreign.length > 0 && !bridge ? { foreign } : { values };
}

export const withBatch = ({ outputs }: PlanLayer, batch: number, port = 0): readonly number[] => [
  batch,
  ...(outputs[port] ?? []).slice(1).map(Number),
];

/** Numbers of a batch of a layer’s outputs. */
export const floatsOf = (layer: PlanLayer, batch: number): number => sizeOf(withBatch(layer, batch));

