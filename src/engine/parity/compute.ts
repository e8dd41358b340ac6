import type { Tensor } from '@tensorflow/tfjs';
import { compile } from '@/compiler/compile';
import type { Plan } from '@/compiler/plan';
import { emptyDocument, type Edge, type GraphNode } from '@/graph/document';
import { layers } from '@/layers/registry';
import type { Tf } from '../kernels/tf';
import { buildNetwork, type Network } from '../reference/network';
import type { Tensors } from '../reference/tensors';
import type { Numbers, ParityCase } from './requests';
import { valuesOf } from './values';

/** What a layer computes: outputs, and the gradients of their weighed sum; `null` where nothing depends on an input. */
export interface Computed {
  readonly outputs: readonly Float32Array[];
  readonly inputGradients: readonly (Float32Array | null)[];
  /** Of the trainable weights. */
  readonly weightGradients: Readonly<Record<string, Float32Array>>;
}

/** Where all tensors of a case begin: an input's numbers by port, a weight's by name. */
export interface Point {
  readonly inputs: readonly Float32Array[];
  readonly weights: Readonly<Record<string, Float32Array>>;
}

export const sizeOf = (sizes: readonly number[]): number => sizes.reduce((product, size) => product * size, 1);

const numbersOf = (numbers: Numbers, count: number): Float32Array =>
  'values' in numbers ? Float32Array.from(numbers.values) : valuesOf(numbers, count);

export const pointOf = (it: ParityCase): Point => ({
  inputs: it.given.map((numbers, i) => numbersOf(numbers, it.batch * sizeOf(it.inputs[i] ?? []))),
  weights: Object.fromEntries(it.weights.map((weight) => [weight.name, valuesOf(weight, sizeOf(weight.shape))])),
});

export const outputWeightsOf = (it: ParityCase): readonly Float32Array[] =>
  it.outputWeights.map((formula, i) => valuesOf(formula, it.batch * sizeOf(it.outputs[i] ?? [])));

/** The layer as a user draws it: an input at each port, an output behind each. */
function planOf(it: ParityCase): Plan {
  const node = (id: string, type: string, params: GraphNode['params'] = {}): GraphNode => ({
    id,
    type,
    version: layers.get(type)?.version ?? 1,
    name: id,
    params,
    position: { x: 0, y: 0 },
  });
  const nodes = [
    ...it.inputs.map((shape, i) => node(`in${i}`, 'input', { shape })),
    node('layer', it.type, { ...it.params }),
    ...it.outputs.map((_, i) => node(`out${i}`, 'output')),
  ];
  const edges: Edge[] = [
    ...it.inputs.map((_, i) => ({ from: { node: `in${i}`, port: 0 }, to: { node: 'layer', port: i } })),
    ...it.outputs.map((_, i) => ({ from: { node: 'layer', port: i }, to: { node: `out${i}`, port: 0 } })),
  ];
  const { plan, problems } = compile({ ...emptyDocument('case'), dataset: null, nodes, edges });
  if (!plan) throw new Error(problems.map(({ message }) => message).join(' '));
  return plan;
}

interface Mode {
  readonly training: boolean;
  /** Picks the random numbers. */
  readonly step: number;
}
const FIRST_STEP: Mode = { training: true, step: 0 };

/** A case that runs on the current backend, by the way that training takes. */
export interface Runnable {
  /** Outputs and gradients; in training mode, of the run's first step. */
  compute(point: Point, mode?: Partial<Mode>): Promise<Computed>;
  /** Σ outputs · weights in training mode, summed in 64 bits. */
  weighedSum(point: Point): number;
}

export async function runnable(tf: Tf, it: ParityCase): Promise<Runnable> {
  const plan = planOf(it);
  const built = await buildNetwork(tf, plan);
  if (!built.ok) throw new Error(built.error.message);
  const network = built.value;
  const weighing = outputWeightsOf(it);
  const trainable = it.weights.filter((weight) => weight.trainable).map(({ name }) => name);
  const inputsOf = (point: Point) =>
    point.inputs.map((values, i) => tf.tensor(values, [it.batch, ...(it.inputs[i] ?? [])]));
  const weightsOf = (point: Point): Record<string, Tensor> =>
    Object.fromEntries(it.weights.map(({ name, shape }) => [name, tf.tensor(point.weights[name] ?? [], [...shape])]));
  return {
    compute: async (point, mode = {}) => {
      const scope = { inputs: inputsOf(point), weights: weightsOf(point) };
      const dys = weighing.map((values, i) => tf.tensor(values, [it.batch, ...(it.outputs[i] ?? [])]));
      const xs = [...scope.inputs, ...trainable.map((name) => scope.weights[name]!)];
      const kept: Tensor[] = [];
      const { value, grads } = tf.tidy(() =>
        tf.engine().gradients(
          () => {
            const outputs = forward(network, scope.inputs, scope.weights, { ...FIRST_STEP, ...mode });
            kept.push(...outputs.map((output) => tf.keep(tf.clone(output))));
            // An output of whole numbers, positions for one, is part of no gradient.
            return tf.addN(outputs.map((output, i) => tf.sum(tf.mul(tf.cast(output, 'float32'), dys[i]!))));
          },
          xs,
          undefined,
          true,
        ),
      );
      const read = async (tensor: Tensor | null | undefined) =>
        tensor ? new Float32Array(await tensor.data()) : null;
      const gradients: (Float32Array | null)[] = [];
      for (const gradient of grads as (Tensor | null | undefined)[]) gradients.push(await read(gradient));
      const outputs: Float32Array[] = [];
      for (const output of kept) outputs.push(new Float32Array(await output.data()));
      tf.dispose([value, ...kept, ...dys, ...grads.filter(Boolean), ...scope.inputs, ...Object.values(scope.weights)]);
      const ofInputs = gradients.slice(0, it.inputs.length);
      const ofWeights = trainable.map((name, i): [string, Float32Array] => [
        name,
        gradients[it.inputs.length + i] ?? new Float32Array(sizeOf(scope.weights[name]?.shape ?? [])),
      ]);
      return { outputs, inputGradients: ofInputs, weightGradients: Object.fromEntries(ofWeights) };
    },
    weighedSum: (point) =>
      tf.tidy(() => {
        const outputs = forward(network, inputsOf(point), weightsOf(point), FIRST_STEP);
        return outputs.reduce((sum, output, i) => {
          const values = output.dataSync<'float32'>();
          const weights = weighing[i] ?? new Float32Array();
          return values.reduce((total, value, at) => total + value * (weights[at] ?? 0), sum);
        }, 0);
      }),
  };
}

/** Runs the network of one layer; weights by name. Scratch tensors belong to the caller's `tf.tidy`. */
function forward(network: Network, inputs: readonly Tensor[], weights: Tensors, mode: Mode): readonly Tensor[] {
  const byKey = Object.fromEntries(Object.entries(weights).map(([name, tensor]) => [`layer/${name}`, tensor]));
  const values = network.run(inputs, { weights: byKey, seed: 1, ...mode });
  return (network.outputsOf.get('layer') ?? []).map((name) => {
    const value = values.get(name);
    if (!value) throw new Error(`Nothing was computed for ${name}.`);
    return value;
  });
}
