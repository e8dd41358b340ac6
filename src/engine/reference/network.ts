import type { layers as tfLayers, LayerVariable, Tensor } from '@tensorflow/tfjs';
import { type Json, lower } from '@/compiler/lower';
import type { Plan } from '@/compiler/plan';
import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import { withoutBatch } from '@/core/shape';
import type { Tf } from '../kernels/tf';
import type { Tensors } from './tensors';
import { trainingBehaviours } from './training';
import type { Pass, Unit } from './unit';

type StockLayer = tfLayers.Layer;

/** The exported topology as a function of its weights. */
export interface Network {
  readonly units: readonly Unit[];
  /** Names of the units where examples enter, in the plan's order, and the sizes of one example. */
  readonly inputs: readonly { readonly name: string; readonly path: string; readonly sizes: readonly number[] }[];
  /** Name of the unit whose output is that of a planned layer, by node path. */
  readonly outputOf: ReadonlyMap<string, string>;
  /**
   * Runs the units in order; gives each one's output by its name. Scratch tensors are left to the caller's `tf.tidy`.
   */
  run(inputs: readonly Tensor[], pass: Pass): ReadonlyMap<string, Tensor>;
}

/** JSON as tfjs takes it, which does not promise to leave it alone. */
type FreshJson = string | number | boolean | null | FreshJson[] | { [key: string]: FreshJson };

/** The topology copied, all weights beginning at 0: others replace them, so drawing them would be time lost. */
function withoutInitializers(json: Json, key = ''): FreshJson {
  if (key.endsWith('_initializer')) return { class_name: 'Zeros', config: {} };
  if (json === null || typeof json !== 'object') return json;
  if (isList(json)) return json.map((each) => withoutInitializers(each));
  return Object.fromEntries(Object.entries(json).map(([name, inner]) => [name, withoutInitializers(inner, name)]));
}

const isList = (json: Json): json is readonly Json[] => Array.isArray(json);

const oneOrMore = <T>(value: T | T[]): readonly T[] => (Array.isArray(value) ? value : [value]);

/** Where the names of a stock layer's weights differ from one file to the next: `conv1/kernel` is `kernel`. */
const shortName = (variable: LayerVariable): string => variable.originalName.split('/').at(-1) ?? '';

/**
 * Builds the topology of a plan as a LayersModel, by the way that files take, and runs its layers one by one with
 * weights that are handed in: nothing in it holds a state, so a pass changes nothing.
 */
export async function buildNetwork(tf: Tf, plan: Plan): Promise<Result<Network, Problem>> {
  const lowered = lower(plan);
  const keyOf = new Map(lowered.weights.map((weight) => [weight.name, weight.key]));
  let bound: Tensors = {};
  try {
    const modelTopology = { model_config: withoutInitializers(lowered.topology) };
    const model = await tf.models.modelFromJSON({ modelTopology });
    const stock = new Map(model.layers.map((layer) => [layer.name, layer]));
    const sourcesOf = (layer: StockLayer) =>
      layer.getClassName() === 'InputLayer' ? [] : oneOrMore(layer.input).map((input) => input.sourceLayer.name);
    const bind = (layer: StockLayer): Record<string, string> => {
      const keys: Record<string, string> = {};
      for (const variable of layer.weights) {
        const key = keyOf.get(variable.originalName);
        if (key === undefined) throw new Error(`the weight ${variable.originalName} is in no planned layer`);
        variable.dispose();
        // A layer asks its variables for their values at each call; this one answers with what the pass was given.
        variable.read = () => {
          const value = bound[key];
          if (!value) throw new Error(`no value is given for the weight ${key}`);
          return value;
        };
        keys[shortName(variable)] = key;
      }
      return keys;
    };
    const units = inPlanOrder(plan, lowered.outputOf, (name) => {
      const layer = stock.get(name);
      return layer ? sourcesOf(layer) : [];
    }).flatMap(({ name, path }): Unit[] => {
      const layer = stock.get(name);
      return layer ? [{ name, path, layer, inputs: sourcesOf(layer), keys: bind(layer) }] : [];
    });
    const inputs = plan.inputs.flatMap((i) => {
      const layer = plan.layers[i];
      if (!layer) return [];
      const { path, outputs } = layer;
      return [{ name: lowered.outputOf.get(path) ?? '', path, sizes: withoutBatch(outputs[0] ?? []) }];
    });
    const fed = new Map(inputs.map(({ name }, i) => [name, i]));
    return ok({
      units,
      inputs,
      outputOf: lowered.outputOf,
      run: (examples, pass) => {
        bound = pass.weights;
        const values = new Map<string, Tensor>();
        for (const unit of units) {
          const position = fed.get(unit.name);
          const given = unit.inputs.map((name) => there(values.get(name), name));
          values.set(
            unit.name,
            position === undefined ? callUnit(tf, unit, given, pass) : there(examples[position], unit.name),
          );
        }
        bound = {};
        return values;
      },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return err(problem('program.build', `The network could not be built for this backend: ${reason}.`));
  }
}

function there<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`Nothing was computed for ${name}.`);
  return value;
}

function callUnit(tf: Tf, unit: Unit, inputs: readonly Tensor[], pass: Pass): Tensor {
  const behaviour = pass.training ? trainingBehaviours.get(unit.layer.getClassName()) : undefined;
  if (behaviour) return behaviour(tf, unit, inputs, pass);
  const [output] = oneOrMore(unit.layer.call([...inputs], { training: pass.training }));
  if (!output) throw new Error(`The layer ${unit.name} gave no output.`);
  return output;
}

/** The stock layers of each planned layer, first to last: back from its output to the outputs it takes. */
function inPlanOrder(
  plan: Plan,
  outputOf: ReadonlyMap<string, string>,
  sourcesOf: (name: string) => readonly string[],
): readonly { readonly name: string; readonly path: string }[] {
  const owned = new Set<string>();
  return plan.layers.flatMap(({ path }) => {
    const chain: { name: string; path: string }[] = [];
    let name = outputOf.get(path);
    while (name !== undefined && !owned.has(name)) {
      owned.add(name);
      chain.unshift({ name, path });
      name = sourcesOf(name)[0];
    }
    return chain;
  });
}
