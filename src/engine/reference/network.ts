import type { LayerVariable, Tensor } from '@tensorflow/tfjs';
import { type Json, lower, type LoweredUnit, type StockTensor } from '@/compiler/lower';
import type { Plan } from '@/compiler/plan';
import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import { withoutBatch } from '@/core/shape';
import type { ForwardContext } from '@/layers/define';
import { isOwnClass, registerOwnLayers } from '@/layers/own';
import { layers } from '@/layers/registry';
import { draws } from '../kernels/draws';
import type { Tf } from '../kernels/tf';
import type { Tensors } from './tensors';
import type { OwnPass, Pass, Unit } from './unit';

/** The exported topology as a function of its weights. */
export interface Network {
  readonly units: readonly Unit[];
  /** Names of the units where examples enter, in the plan's order, and the sizes of one example. */
  readonly inputs: readonly { readonly name: string; readonly path: string; readonly sizes: readonly number[] }[];
  /** Names of the tensors that are the outputs of a planned layer, one per port, by node path. */
  readonly outputsOf: ReadonlyMap<string, readonly string[]>;
  /**
   * Runs the units in order; gives each of their outputs by its name (`tensorName`). Scratch tensors are left to the
   * caller's `tf.tidy`.
   */
  run(inputs: readonly Tensor[], pass: Pass): ReadonlyMap<string, Tensor>;
  /** Runs the units of one planned layer alone, on tensors at its input ports; gives its outputs. */
  runLayer(path: string, inputs: readonly Tensor[], pass: Pass): readonly Tensor[];
}

/** What an output of a unit is called: the unit's own name for the first, `split:1` for the second. */
export const tensorName = ({ layer, index }: StockTensor): string => (index === 0 ? layer : `${layer}:${index}`);

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

const oneOrMore = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? (value as T[]) : [value as T]);

/** What computes a unit instead of stock tfjs, if anything does. */
function ownPass(plan: Plan, { className, planned, main }: LoweredUnit): OwnPass | null {
  const layer = plan.layers[planned];
  const own = isOwnClass(className);
  const definition = layer && layers.get(layer.type);
  if (!layer || !definition?.forward || !main || !(own || definition.trainsItself)) return null;
  return {
    forward: definition.forward,
    params: layer.params,
    keys: new Map(layer.weights.map(({ name, key }) => [name, key])),
    onlyInTraining: !own,
  };
}

/**
 * Builds the topology of a plan as a LayersModel, by the way that files take, and runs its layers one by one with
 * weights that are handed in: nothing in it holds a state, so a pass changes nothing.
 */
export async function buildNetwork(tf: Tf, plan: Plan): Promise<Result<Network, Problem>> {
  const lowered = lower(plan);
  const keyOf = new Map(lowered.weights.map((weight) => [weight.name, weight.key]));
  let bound: Tensors = {};
  try {
    registerOwnLayers(tf, layers.values());
    const modelTopology = { model_config: withoutInitializers(lowered.topology) };
    // All is built before the promise is given; what stock layers leave behind of it, recurrent ones do, goes at once.
    tf.engine().startScope();
    const building = tf.models.modelFromJSON({ modelTopology });
    tf.engine().endScope();
    const model = await building;
    const stock = new Map(model.layers.map((layer) => [layer.name, layer]));
    const bind = (variable: LayerVariable) => {
      const key = keyOf.get(variable.originalName);
      if (key === undefined) throw new Error(`the weight ${variable.originalName} is in no planned layer`);
      variable.dispose();
      // A layer asks its variables for their values at each call; this one answers with what the pass was given.
      variable.read = () => there(bound[key], key);
    };
    const units = lowered.units.map((unit): Unit => {
      const layer = there(stock.get(unit.name), unit.name);
      layer.weights.forEach(bind);
      const path = plan.layers[unit.planned]?.path ?? '';
      return { name: unit.name, path, layer, inputs: unit.from, own: ownPass(plan, unit) };
    });
    const outputsOf = new Map([...lowered.outputsOf].map(([path, tensors]) => [path, tensors.map(tensorName)]));
    const inputs = plan.inputs.flatMap((i) => {
      const layer = plan.layers[i];
      if (!layer) return [];
      const { path, outputs } = layer;
      return [{ name: outputsOf.get(path)?.[0] ?? '', path, sizes: withoutBatch(outputs[0] ?? []) }];
    });
    const fed = new Map(inputs.map(({ name }, i) => [name, i]));
    return ok({
      units,
      inputs,
      outputsOf,
      run: (examples, pass) => {
        bound = pass.weights;
        const values = new Map<string, Tensor>();
        for (const unit of units) {
          const position = fed.get(unit.name);
          const given = unit.inputs.map((tensor) => there(values.get(tensorName(tensor)), tensor.layer));
          const outputs =
            position === undefined ? callUnit(tf, unit, given, pass) : [there(examples[position], unit.name)];
          outputs.forEach((output, index) => values.set(tensorName({ layer: unit.name, index }), output));
        }
        bound = {};
        return values;
      },
      runLayer: (path, given, pass) => {
        bound = pass.weights;
        // Several units of one layer stand in a line.
        const own = units.filter((unit) => unit.path === path);
        const outputs = own.reduce<readonly Tensor[]>((tensors, unit) => callUnit(tf, unit, tensors, pass), given);
        bound = {};
        return outputs;
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

function callUnit(tf: Tf, unit: Unit, inputs: readonly Tensor[], pass: Pass): readonly Tensor[] {
  const { own } = unit;
  if (own && (pass.training || !own.onlyInTraining)) return runOwn(tf, unit.path, own, inputs, pass);
  return oneOrMore(unit.layer.call([...inputs], { training: pass.training }));
}

function runOwn(
  tf: Tf,
  path: string,
  { forward, params, keys }: OwnPass,
  inputs: readonly Tensor[],
  pass: Pass,
): readonly Tensor[] {
  const weights = Object.fromEntries([...keys].map(([name, key]) => [name, there(pass.weights[key], key)]));
  const context: ForwardContext = {
    training: pass.training,
    draws: draws(tf, pass.seed, `layer/${path}`, pass.step),
    update: (name, value) => {
      const key = keys.get(name);
      if (key !== undefined && pass.training) pass.onMoved?.(key, value);
    },
  };
  const [first, ...others] = inputs;
  return first ? oneOrMore(forward(tf, [first, ...others], weights, params, context)) : [];
}
