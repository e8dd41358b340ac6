import type { StockLayer } from '@/layers/define';
import { stockLayersOf } from '@/layers/own';
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

/** One output of a stock layer. */
export interface StockTensor {
  readonly layer: string;
  readonly index: number;
}

/** One stock layer of the topology. */
export interface LoweredUnit {
  readonly name: string;
  readonly className: string;
  /** Index of the planned layer that it is, or helps to be. */
  readonly planned: number;
  /** It is the layer itself, not a helper beside it. */
  readonly main: boolean;
  readonly from: readonly StockTensor[];
}

/** A plan as the layers format says it. */
export interface Lowered {
  /** What `modelTopology` of a model.json holds. */
  readonly topology: Json;
  /** The stock layers, in the order of the plan. */
  readonly units: readonly LoweredUnit[];
  readonly weights: readonly LoweredWeight[];
  /** What gives each output of each planned layer, by node path; a marker's is its input's. */
  readonly outputsOf: ReadonlyMap<string, readonly StockTensor[]>;
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
  const definition = layers.get(layer.type);
  if (!definition) return [];
  return stockLayersOf(definition, layer.params, {
    inputs: layer.inputs,
    outputs: layer.outputs,
    initializer: (value) => {
      const drawn = layer.weights.filter(({ initializer }) => JSON.stringify(initializer) === JSON.stringify(value));
      return stockInitializer(
        value,
        drawn.map(({ shape }) => shape),
      );
    },
  });
}

const noTensor: StockTensor = { layer: '', index: 0 };

/**
 * Plan → the standard tfjs/Keras layers format, wired as drawn: stock layers, and classes of ours for what tfjs lacks.
 */
export function lower(plan: Plan): Lowered {
  const nameFor = namer();
  // Main layers claim their names first, so that a helper called conv1_pad gives way to a layer drawn as conv1_pad.
  const names = plan.layers.map((layer) => nameFor(layer.name));
  const outputsOf = new Map<string, readonly StockTensor[]>();
  const weights: LoweredWeight[] = [];
  const units: LoweredUnit[] = [];
  const stock: Json[] = [];
  const tensorOf = ({ layer, port }: PlanLayer['sources'][number]): StockTensor =>
    outputsOf.get(plan.layers[layer]?.path ?? '')?.[port] ?? noTensor;
  plan.layers.forEach((layer, i) => {
    let from: readonly StockTensor[] = layer.sources.map(tensorOf);
    for (const each of stockLayers(layer)) {
      const name = each.suffix ? nameFor(`${names[i]}_${each.suffix}`) : names[i]!;
      stock.push({
        class_name: each.className,
        name,
        config: pythonic({ ...each.config, name, trainable: true }),
        inbound_nodes: from.length > 0 ? [from.map((source): Json => [source.layer, 0, source.index, {}])] : [],
      });
      for (const weight of each.weights ?? []) {
        const planned = layer.weights.find((candidate) => candidate.name === weight);
        if (planned) weights.push({ key: planned.key, name: `${name}/${snake(each.weightPaths?.[weight] ?? weight)}`, shape: planned.shape });
      }
      const { className } = each;
      units.push({ name, className, planned: i, main: each.suffix === undefined, from });
      from = each.suffix === undefined ? layer.outputs.map((_, index) => ({ layer: name, index })) : [{ layer: name, index: 0 }];
    }
    outputsOf.set(layer.path, from);
  });
  const ends = (indices: readonly number[]): Json =>
    indices.map((i): Json => {
      const { layer, index } = outputsOf.get(plan.layers[i]?.path ?? '')?.[0] ?? noTensor;
      return [layer, 0, index];
    });
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
    units,
    weights,
    outputsOf,
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
