import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { compile } from '@/compiler/compile';
import { lower } from '@/compiler/lower';
import type { Plan, PlanLayer } from '@/compiler/plan';
import { breakDocument, randomDocument } from '@/compiler/testing/graphs';
import { type AnyParams, parseParams } from '@/core/params';
import { type Shape, withoutBatch } from '@/core/shape';
import type { GraphNode } from '@/graph/document';
import { layers } from '@/layers/registry';
import { nodeSurroundings } from '../backends/node';
import { prepareBackend } from '../backends/prepare';
import { buildNetwork, type Network } from '../reference/network';
import { sizeOf } from './compute';
import { BATCH, exampleValues, fingerprintOf, planOfSeed, SEEDS, shapesLine } from './graphs';
import { hexHash } from './requests';
import { uniform } from './values';

const golden = z
  .object({ torch: z.string(), graphs: z.array(z.tuple([z.number(), z.string(), z.number(), z.string()])) })
  .parse(JSON.parse(readFileSync(new URL('../goldens/graphs.json', import.meta.url), 'utf8')));
const recordedOf = new Map(golden.graphs.map(([seed, fingerprint, _count, shapes]) => [seed, { fingerprint, shapes }]));
const RECORD = 'python e2e/parity/record_graphs.py';

vi.setConfig({ testTimeout: 120_000 });

const CHUNK = 100;
const chunks = Array.from({ length: SEEDS.length / CHUNK }, (_, i) => SEEDS.slice(i * CHUNK, (i + 1) * CHUNK));
const titled = chunks.map((seeds) => [`seeds ${seeds[0]} to ${seeds.at(-1)}`, seeds] as const);

beforeAll(async () => {
  expect((await prepareBackend(tf, 'cpu', nodeSurroundings)).ok).toBe(true);
});

/** Runs a check of every seed; gives what the failing ones say. */
async function failures(
  seeds: readonly number[],
  check: (seed: number) => Promise<string | null>,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const seed of seeds) {
    const failure = await check(seed).catch((error: unknown) => `it throws: ${String(error)}`);
    if (failure !== null) found.push(`seed ${seed}: ${failure}`);
  }
  return found;
}

/** The shapes of every layer's outputs as tfjs's own symbolic pass has them, by tensor name. */
const symbolic = (network: Network): ReadonlyMap<string, tf.Shape> =>
  new Map(
    network.units.flatMap(({ name, layer }) => {
      const shapes = [layer.output].flat().map(({ shape }) => shape);
      return shapes.map((shape, index): [string, tf.Shape] => [index === 0 ? name : `${name}:${index}`, shape]);
    }),
  );

const parametersOf = (network: Network): number =>
  network.units.reduce((sum, { layer }) => sum + layer.countParams(), 0);

/** A forward pass of random numbers; shapes by tensor name. */
function computed(network: Network, plan: Plan, seed: number): ReadonlyMap<string, readonly number[]> {
  const examples = exampleValues(plan, seed);
  const shapes = new Map<string, readonly number[]>();
  tf.tidy(() => {
    const inputs = plan.inputs.map((at) => {
      const shape = [BATCH, ...withoutBatch(plan.layers[at]?.outputs[0] ?? [])];
      return tf.tensor(examples.get(at) ?? uniform(seed + at, sizeOf(shape)), shape);
    });
    const weights = Object.fromEntries(
      plan.layers.flatMap((layer) => layer.weights).map(({ key, shape }) => [key, tf.fill([...shape], 0.5)]),
    );
    const values = network.run(inputs, { weights, training: false, seed, step: 0 });
    values.forEach(({ shape }, name) => shapes.set(name, shape));
  });
  return shapes;
}

async function disagreement(seed: number): Promise<string | null> {
  const plan = planOfSeed(seed);
  const built = await buildNetwork(tf, plan);
  if (!built.ok) return built.error.message;
  const network = built.value;
  const [declared, real] = [symbolic(network), computed(network, plan, seed)];
  for (const { path, type, params, outputs } of plan.layers) {
    const names = network.outputsOf.get(path) ?? [];
    for (const [port, shape] of outputs.entries()) {
      const name = names[port] ?? '';
      const inferred = JSON.stringify(shape);
      const theirs = JSON.stringify(declared.get(name));
      const run = JSON.stringify([null, ...(real.get(name)?.slice(1) ?? [])]);
      if (inferred !== theirs || inferred !== run || real.get(name)?.[0] !== BATCH) {
        const layer = `${path} ${type} ${JSON.stringify(params)}`;
        return `${layer}: inferred ${inferred}, tfjs says ${theirs} and computes ${run}`;
      }
    }
  }
  const count = parametersOf(network);
  return count === plan.totals.params ? null : `${plan.totals.params} parameters inferred, ${count} in tfjs`;
}

/**
 * Whether tfjs would give an output shape to a layer that the compiler refuses, on the inputs that it would get.
 * Large ones are not tried: it would begin to fill the memory.
 */
async function shapedByTfjs(node: GraphNode, inputs: readonly Shape[]): Promise<boolean> {
  const definition = layers.get(node.type);
  const params = definition && parseParams(definition.params, node.params);
  if (definition?.role !== 'layer' || !params?.ok || Math.max(0, ...numbersIn(params.value)) > 100) return false;
  const weights = Object.values(definition.weights(inputs, params.value));
  if (weights.some(({ shape }) => sizeOf(shape) > 5000)) return false;
  const cost = { params: 0, trainable: 0, macs: 0, activationBytes: 0 };
  const layer = (path: string, type: string, values: AnyParams, from: readonly number[], output: Shape): PlanLayer => ({
    ...{ path, node: path, type, name: path, params: values, cost, weights: [] },
    sources: from.map((at) => ({ layer: at, port: 0 })),
    inputs: from.map((at) => inputs[at] ?? []),
    outputs: [output],
  });
  const planned = [
    ...inputs.map((shape, i) => layer(`in${i}`, 'input', { shape: withoutBatch(shape) }, [], shape)),
    layer('broken', node.type, params.value, inputs.map((_, i) => i), []),
  ];
  const ends = { inputs: inputs.map((_, i) => i), outputs: [inputs.length] };
  const plan: Plan = { name: 'broken', layers: planned, ...ends, totals: cost };
  tf.engine().startScope();
  try {
    const { topology } = lower(plan);
    const modelTopology = { model_config: JSON.parse(JSON.stringify(topology)) };
    const model = await tf.models.modelFromJSON({ modelTopology });
    return model.outputs.every(({ shape }) => withoutBatch(shape).every((size) => Number.isInteger(size) && size > 0));
  } catch {
    return false;
  } finally {
    tf.engine().endScope();
    tf.disposeVariables();
  }
}

function numbersIn(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(numbersIn) : [];
}

describe('2,000 random networks', () => {
  it('between them use every layer, and are as large, branched and joined as drawings are', () => {
    const plans = SEEDS.slice(0, 400).map(planOfSeed);
    const uses = (type: string) => plans.filter((plan) => plan.layers.some((layer) => layer.type === type)).length;
    for (const type of layers.keys()) expect(uses(type), type).toBeGreaterThan(3);
    const share = (has: (plan: Plan) => boolean) => plans.filter(has).length / plans.length;
    expect(Math.min(...plans.map((plan) => plan.layers.length))).toBeGreaterThanOrEqual(5);
    expect(share((plan) => plan.layers.length > 25)).toBeLessThan(0.02);
    expect(share((plan) => plan.inputs.length > 1)).toBeGreaterThan(0.3);
    expect(share((plan) => plan.outputs.length > 1)).toBeGreaterThan(0.3);
    expect(share((plan) => plan.layers.some(({ sources }) => sources.length > 1))).toBeGreaterThan(0.3);
  });

  it.each(titled)('%s: inferred shapes and counts are those of tfjs, symbolic and computed', async (_title, seeds) => {
    expect(await failures(seeds, disagreement)).toEqual([]);
  });

  it(`have the shapes that PyTorch ${golden.torch} gives`, async () => {
    const found = await failures(SEEDS, async (seed) => {
      const plan = planOfSeed(seed);
      const recorded = recordedOf.get(seed);
      if (recorded?.fingerprint !== fingerprintOf(plan)) return `another network is recorded: run ${RECORD}`;
      return recorded.shapes === hexHash(shapesLine(plan)) ? null : `PyTorch has other shapes; ${RECORD} says which`;
    });
    expect(found).toEqual([]);
  });

  it('of them every second one, broken: says what is wrong with the numbers, and never crashes', async () => {
    let broken = 0;
    let shapedWhole = 0;
    const found = await failures(SEEDS.filter((seed) => seed % 2 === 0), async (seed) => {
      const document = randomDocument(seed);
      const it = breakDocument(document, seed, (changed) =>
        compile(changed).problems.some(({ severity }) => severity === 'error'),
      );
      if (!it) return null;
      broken += 1;
      const { plan, nodes, problems } = compile(it.document);
      if (plan !== null) return 'an error leaves a plan';
      const own = problems.filter((each) => each.severity === 'error');
      // Where tfjs would go on all the same, the reason shows the numbers or the value that speak against it.
      const inputs = nodes.get(it.node.id)?.inputs.filter((shape) => shape !== null) ?? [];
      const stricter = await shapedByTfjs(it.node, inputs);
      const wordless = own.find(
        ({ message }) =>
          message.length < 20 ||
          /undefined|NaN|\[object/.test(message) ||
          (stricter && !/\d|“/.test(message)),
      );
      const { node } = it;
      const whole = document.nodes.find(({ id }) => id === node.id);
      if (whole && (await shapedByTfjs(whole, inputs))) shapedWhole += 1;
      return wordless ? `${it.node.type} ${JSON.stringify(it.node.params)}: “${wordless.message}”` : null;
    });
    expect(found).toEqual([]);
    // tfjs was asked in earnest: unbroken it does shape the layers that it can be asked about.
    expect(shapedWhole).toBeGreaterThan(300);
    expect(broken).toBeGreaterThan(900);
  });
});
