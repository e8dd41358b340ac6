/**
 * Tells the oracle in Python what to compute, as JSON on stdout. Run through scripts/parity.mjs:
 *   requests                   the cases whose answers are recorded
 *   results SEED [BACKEND]     fresh random cases, and what we compute for them
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
    return { ...request, code: module === null ? call : `m = ${module}; ${call}`, fingerprints: request.cases.map(fingerprint) };
  });

async function results(seed: number) {
  const prepared = await prepareBackend(tf, 'wasm', nodeSurroundings);
  if (!prepared.ok) throw new Error(prepared.error.message);
  const list: { readonly case: ParityCase; readonly ours: unknown }[] = [];
  for (const definition of layers.values()) {
    if (parityRequest(definition).reason !== null) continue;
    for (const it of randomCases(definition, seed, 8)) {
      if (!it.torch) continue;
      const { outputs, inputGradients, weightGradients } = await (await runnable(tf, it)).compute(pointOf(it));
      const plain = (values: Float32Array | null) => values && [...values];
      list.push({
        case: it,
        ours: {
          outputs: outputs.map(plain),
          inputs: inputGradients.map(plain),
          weights: Object.fromEntries(Object.entries(weightGradients).map(([name, values]) => [name, plain(values)])),
        },
      });
    }
  }
  return list;
}

const [what = '', seed = ''] = process.argv.slice(2);
const told =
  what === 'requests' ? requests() : what === 'results' ? await results(Number(seed)) : what === 'graphs' ? SEEDS.map(graphRequest) : null;
if (told === null) {
  console.error('Say requests, results SEED or graphs.');
  process.exitCode = 2;
} else {
  process.stdout.write(JSON.stringify(told));
}
