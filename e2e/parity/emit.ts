/**
 * Tells the oracle in Python what to compute, as JSON on stdout. `node scripts/run.mjs e2e/parity/emit.ts WHAT`:
 *   requests                   the cases whose answers are recorded
 *   results SEED               fresh random cases, and what we compute for them
 *   graphs                     random networks, node by node
 */
import * as tf from '@tensorflow/tfjs';
import { nodeSurroundings } from '@/engine/backends/node';
import { prepareBackend } from '@/engine/backends/prepare';
import { pointOf, runnable } from '@/engine/parity/compute';
import { graphRequest, SEEDS } from '@/engine/parity/graphs';
import { fingerprint, parityRequest, randomCases, type ParityCase } from '@/engine/parity/requests';
import { layers } from '@/layers/registry';

/** The first case's code says in the recording what it was recorded from. */
const requests = () =>
  [...layers.values()].map((definition) => {
    const request = parityRequest(definition);
    const { module, call } = request.cases[0]?.torch ?? { module: null, call: '' };
    const code = module === null ? call : `m = ${module}; ${call}`;
    return { ...request, code, fingerprints: request.cases.map(fingerprint) };
  });

/** What we compute for a case, or why we can't. What is random in training is computed in evaluation mode. */
async function answer(it: ParityCase) {
  try {
    const { compute } = await runnable(tf, it);
    const [one, other] = [await compute(pointOf(it)), await compute(pointOf(it), { step: 1 })];
    const same = (values: Float32Array, i: number) =>
      values.every((value, at) => Object.is(value, other.outputs[i]?.[at]));
    const training = one.outputs.every(same);
    const { outputs, inputGradients, weightGradients } = training ? one : await compute(pointOf(it), { training });
    const plain = (values: Float32Array | null) => values && [...values];
    const weights = Object.entries(weightGradients).map(([name, values]) => [name, plain(values)]);
    const gradients = { inputs: inputGradients.map(plain), weights: Object.fromEntries(weights) as object };
    return { case: it, ours: { training, outputs: outputs.map(plain), ...gradients } };
  } catch (error) {
    return { case: it, failed: error instanceof Error ? error.message : String(error) };
  }
}

async function results(seed: number) {
  const prepared = await prepareBackend(tf, 'wasm', nodeSurroundings);
  if (!prepared.ok) throw new Error(prepared.error.message);
  const answers: Awaited<ReturnType<typeof answer>>[] = [];
  for (const definition of layers.values()) {
    if (definition.role !== 'layer' || definition.notCompared !== null) continue;
    const fresh = randomCases(definition, seed, { least: 8, most: 8, inTorch: true });
    for (const it of fresh) answers.push(await answer(it));
  }
  return answers;
}

const [what = '', seed = ''] = process.argv.slice(2);
const tellers = new Map<string, () => unknown>([
  ['requests', requests],
  ['results', () => results(Number(seed))],
  ['graphs', () => SEEDS.map(graphRequest)],
]);
const tell = tellers.get(what);
if (tell) {
  process.stdout.write(JSON.stringify(await tell()));
} else {
  console.error('Say requests, results SEED or graphs.');
  process.exitCode = 2;
}
