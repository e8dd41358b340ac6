import type { StockLayer } from '@/layers/define';
import { layers } from '@/layers/registry';
import { stockInitializer } from '@/recipe/initializer';
import { namer } from './assemble';
import type { Plan, PlanLayer } from './plan';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One weight of the topology, in the order in which a LayersModel lists them. */
export interface LoweredWeight {
  /** Our key, `nodePath/weight`. */
  readonly key: string;
  /** As the layers format names it: `conv1/kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
}

/** A plan as the layers format says it. */
export interface Lowered {
  /** What `modelTopology` of a model.json holds. */
  readonly topology: Json;
  readonly weights: readonly LoweredWeight[];
  /** Name of the stock layer whose output is that of each planned layer, by node path; a marker's is its input's. */
  readonly outputOf: ReadonlyMap<string, string>;
}

const snake = (text: string) =>
  text
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();

/** Keys and enumeration values in Python's spelling, as files have them; names and class names as they are. */
function pythonic(value: unknown, key = ''): Json {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return key === 'name' || key === 'className' ? value : snake(value);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((each) => pythonic(each));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]): [string, Json] => [snake(name), pythonic(inner, name)]),
  );
}

/** The stock layers of one planned layer. */
export function stockLayers(layer: PlanLayer): readonly StockLayer[] {
  return (
    layers.get(layer.type)?.lower(layer.params, {
      inputs: layer.inputs,
      outputs: layer.outputs,
      initializer: (value) => {
        const drawn = layer.weights.filter(({ initializer }) => JSON.stringify(initializer) === JSON.stringify(value));
        return stockInitializer(
          value,
          drawn.map(({ shape }) => shape),
        );
      },
    }) ?? []
  );
}

/** Plan → the standard tfjs/Keras layers format: stock layers only, wired as drawn. */
export function lower(plan: Plan): Lowered {
  const nameFor = namer();
  // Main layers claim their names first, so that a helper called conv1_pad gives way to a layer drawn as conv1_pad.
  const names = plan.layers.map((layer) => nameFor(layer.name));
  const outputOf = new Map<string, string>();
  const weights: LoweredWeight[] = [];
  const stock: Json[] = [];
  plan.layers.forEach((layer, i) => {
    let from = layer.sources.map((source) => outputOf.get(plan.layers[source.layer]?.path ?? '') ?? '');
    for (const each of stockLayers(layer)) {
      const name = each.suffix ? nameFor(`${names[i]}_${each.suffix}`) : names[i]!;
      stock.push({
        class_name: each.className,
        name,
        config: pythonic({ ...each.config, name, trainable: true }),
        inbound_nodes: from.length > 0 ? [from.map((source): Json => [source, 0, 0, {}])] : [],
      });
      for (const weight of each.weights ?? []) {
        const planned = layer.weights.find((candidate) => candidate.name === weight);
        if (planned) weights.push({ key: planned.key, name: `${name}/${snake(weight)}`, shape: planned.shape });
      }
      from = [name];
    }
    outputOf.set(layer.path, from[0] ?? '');
  });
  const ends = (indices: readonly number[]): Json =>
    indices.map((i): Json => [outputOf.get(plan.layers[i]?.path ?? '') ?? '', 0, 0]);
  return {
    topology: {
      class_name: 'Model',
      config: {
        name: namer()(plan.name),
        layers: stock,
        input_layers: ends(plan.inputs),
        output_layers: ends(plan.outputs),
      },
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
    weights,
    outputOf,
  };
}

/** The activation that an output of the plan ends in, looked at through layers that compute nothing. */
export function finalActivation(plan: Plan, output: number): 'softmax' | 'sigmoid' | null {
  let layer = plan.layers[output];
  while (layer) {
    const last = stockLayers(layer).at(-1);
    if (last) {
      if (last.className === 'Softmax') return 'softmax';
      const { activation } = last.config;
      return last.className === 'Activation' && (activation === 'softmax' || activation === 'sigmoid') ? activation : null;
    }
    layer = plan.layers[layer.sources[0]?.layer ?? -1];
  }
  return null;
}
