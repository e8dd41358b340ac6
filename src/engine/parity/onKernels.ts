import { compile } from '@/compiler/compile';
import type { Plan } from '@/compiler/plan';
import { documentOf } from '@/compiler/testing/draw';
import type { Edge } from '@/graph/document';
import { parseOptimizer } from '@/recipe/check';
import { nodeSurroundings } from '../backends/node';
import type { Tf } from '../kernels/tf';
import { createBridge } from '../native/bridge';
import { type Parts, readValue } from '../native/frame';
import { headsOf } from '../native/heads';
import { createInference } from '../native/inference';
import { optimiserOf } from '../native/optimiser';
import { startMachine } from '../native/startMachine';
import { Store } from '../native/store';
import { learnedInput } from '../native/testing';
import { createTraining } from '../native/training';
import type { Batch } from '../program';
import { buildNetwork } from '../reference/network';
import { type Computed, outputWeightsOf, pointOf, sizeOf } from './compute';
import type { ParityCase } from './requests';

/** The layer behind inputs that are weights, so that their gradients can be read, and before outputs at all ports. */
function planOf(it: ParityCase): Plan {
  const before = documentOf([
    ['in', 'input', { shape: [it.batch] }],
    ...it.inputs.flatMap((shape, i) => learnedInput(`x${i}`, shape)),
    ['layer', it.type, { ...it.params }, it.inputs.map((_, i) => `x${i}Shaped`)],
  ]);
  const after = documentOf(it.outputs.map((_, i) => [`out${i}`, 'output', {}, []] as const));
  const wires = it.outputs.map((_, port): Edge => ({
    from: { node: 'layer', port },
    to: { node: `out${port}`, port: 0 },
  }));
  const nodes = [...before.nodes, ...after.nodes];
  const { plan, problems } = compile({ ...before, nodes, edges: [...before.edges, ...wires] });
  if (!plan) throw new Error(problems.map(({ message }) => message).join(' '));
  // A penalty on weights is none of the layer's gradient.
  const bare = plan.layers.map((layer) => ({
    ...layer,
    weights: layer.weights.map((weight) => ({ ...weight, penalty: undefined })),
  }));
  return { ...plan, layers: bare };
}

/** What squared error has as its gradient, seen from the outputs: mean over the batch of means over the numbers. */
const targetsFor = (outputs: readonly Float32Array[], weighing: readonly Float32Array[]): Float32Array[] =>
  outputs.map((values, i) => values.map((y, at) => y - (values.length / 2) * (weighing[i]?.[at] ?? 0)));

/**
 * A case on our kernels, on tfjs where they lack the layer: as `Runnable.compute` does, `wanted` for the gradients of
 * the weighed sum. In evaluation mode there are no gradients.
 */
export async function computeOnKernels(tf: Tf, it: ParityCase, isTraining: boolean): Promise<Computed> {
  const plan = planOf(it);
  const network = await buildNetwork(tf, plan);
  const optimizer = parseOptimizer({ type: 'sgd', params: {} });
  const heads = headsOf(plan, 'squaredError', 'values');
  const started = await startMachine(nodeSurroundings.native);
  if (!network.ok || !optimizer.ok || !heads.ok || !heads.value || !started.ok)
    throw new Error(`${it.type} can’t be run.`);
  const optimiser = optimiserOf(optimizer.value, { weightDecay: 0, clipNorm: null })!;
  const { machine, release } = started.value;
  try {
    const store = new Store(
      machine,
      plan.layers.flatMap(({ weights }) => weights),
      [],
    );
    const point = pointOf(it);
    const restored = store.restore({
      weights: Object.fromEntries([
        ...point.inputs.map((values, i) => [`x${i}/kernel`, values] as const),
        ...Object.entries(point.weights).map(([name, values]) => [`layer/${name}`, values] as const),
      ]),
    });
    if (!restored.ok) throw new Error(restored.error.message);
    const parts: Parts = { machine, store, plan, heads: heads.value, task: 'values', batch: it.batch, optimiser };
    const bridge = createBridge(
      tf,
      network.value,
      () => undefined,
      () => ({ seed: 1, step: 0 }),
    );
    // The rows of the unit matrix pick the examples out of a kernel.
    const unitMatrix = Float32Array.from({ length: it.batch ** 2 }, (_, i) => (i % (it.batch + 1) === 0 ? 1 : 0));
    const nothing = it.outputs.map((sizes) => new Float32Array(it.batch * sizeOf(sizes)));
    const batch: Batch = { inputs: [unitMatrix], targets: nothing, counts: new Float32Array(it.batch).fill(1) };
    if (!isTraining) {
      const outputs = await createInference(parts, bridge, false).predict(batch.inputs, it.batch);
      return { outputs, inputGradients: [], weightGradients: {} };
    }
    const training = createTraining(parts, bridge, true);
    if ('foreign' in training) throw new Error(`Nothing computes ${training.foreign.join(', ')}.`);
    const control = { learningRate: 0, seed: 1, step: 0 };
    training.forward(batch, control);
    const outputs = training.outputs.map((value) => readValue(machine, value));
    training.gradients({ ...batch, targets: targetsFor(outputs, outputWeightsOf(it)) }, control);
    const gradients = store.gradients();
    return {
      outputs,
      inputGradients: it.inputs.map((_, i) => gradients[`x${i}/kernel`] ?? null),
      weightGradients: Object.fromEntries(
        it.weights.map(({ name }) => [name, gradients[`layer/${name}`] ?? new Float32Array()]),
      ),
    };
  } finally {
    release();
  }
}
