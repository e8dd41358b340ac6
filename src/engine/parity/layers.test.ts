import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { withDefaults } from '@/compiler/testing/drawLayer';
import { layers } from '@/layers/registry';
import { nodeSurroundings } from '../backends/node';
import { prepareBackend } from '../backends/prepare';
import { inTurn } from '../testing/numbers';
import { pointOf, runnable, sizeOf } from './compute';
import { distance, type Golden, goldenSchema, largestOf, type Recorded } from './golden';
import { computeOnKernels } from './onKernels';
import { fingerprint, type ParityCase, parityRequest } from './requests';

/** Relative to the largest number of the tensor: what 32-bit floats leave of 64-bit ones. */
const FORWARD = 1e-5;
const GRADIENT = 1e-4;
const BACKENDS = ['wasm', 'cpu'] as const;
/** Our own kernels, and tfjs on wasm for the layers that they lack. */
const EXECUTORS = [...BACKENDS, 'kernels'] as const;

const folder = new URL('../goldens/layers/', import.meta.url);
const goldenOf = (type: string): Golden | null => {
  const file = new URL(`${type}.json`, folder);
  return existsSync(file) ? goldenSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : null;
};
const record = (type: string) => `python e2e/parity/record_layers.py ${type}`;
const requests = [...layers.values()].map((definition) => parityRequest(definition));
const compared = requests.filter(({ reason }) => reason === null);

vi.setConfig({ testTimeout: 60_000 });
beforeAll(async () => {
  for (const name of BACKENDS) expect((await prepareBackend(tf, name, nodeSurroundings)).ok).toBe(true);
});

const titleOf = ({ params, inputs }: ParityCase) =>
  `${JSON.stringify(params)} on ${inputs.map((sizes) => sizes.join('×')).join(' + ')}`;

/**
 * A gradient that is truly zero, of a bias in front of a normalisation, has no size of its own to be measured by:
 * rounding leaves of it a share of what the layer's other gradients are.
 */
function scaleOf(recorded: Recorded | null, others: readonly (Recorded | null)[]): number {
  const own = largestOf(recorded);
  const all = others.reduce((most, other) => Math.max(most, largestOf(other)), 0);
  return own > 1e-9 * all ? own : all || 1;
}

describe('every layer', () => {
  const titled = requests.map((request) => [request.type, request] as const);

  it.each(titled)('%s: is compared, or says why not', (type, request) => {
    const definition = layers.get(type);
    if (!definition) throw new Error(`There is no layer ${type}.`);
    expect(definition.cases.length, 'cases').toBeGreaterThan(0);
    for (const it of definition.cases) {
      const params = withDefaults(definition, it.params);
      expect(definition.formula(it.in, it.out, params).length, 'formula').toBeGreaterThan(0);
      expect(definition.macs(it.in, it.out, params), 'multiply-adds').toBeGreaterThanOrEqual(0);
    }
    if (request.reason === null) {
      expect(goldenOf(type), `Nothing is recorded for ${type}: run ${record(type)}`).not.toBeNull();
    } else {
      expect(request.reason, `${type} must say why PyTorch can’t be asked`).toMatch(/^(?!TODO)[A-Z].{15,}\.$/);
    }
  });

  it('leaves no recording behind', () => {
    const recorded = existsSync(folder) ? readdirSync(folder) : [];
    expect(recorded.filter((file) => !compared.some(({ type }) => file === `${type}.json`))).toEqual([]);
  });
});

describe.each(compared.map((request) => [request.type, request] as const))('%s against PyTorch', (type, request) => {
  const golden = goldenOf(type);

  it('is recorded as it is now', () => {
    expect(
      golden?.cases.map((each) => each.case),
      `What is recorded for ${type} is of other cases: run ${record(type)}`,
    ).toEqual(request.cases.map(fingerprint));
  });

  const pairs = request.cases.map((each, i) => [titleOf(each), each, golden?.cases[i]] as const);

  it.each(pairs)('%s', async (_title, each, expected) => {
    if (!expected || expected.case !== fingerprint(each)) throw new Error(`Not recorded: run ${record(type)}`);
    if ('refused' in expected) throw new Error(`PyTorch refuses it: ${expected.refused}`);
    const trainable = each.weights.filter((weight) => weight.trainable);
    expect(trainable.reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(expected.parameters);
    const gradients = [...expected.inputGradients, ...Object.values(expected.weightGradients)];
    // An input layer can't stand behind another layer.
    await inTurn(each.inputs.length > 0 ? EXECUTORS : BACKENDS, async (backend) => {
      await tf.setBackend(backend === 'kernels' ? 'wasm' : backend);
      const ours =
        backend === 'kernels'
          ? await computeOnKernels(tf, each, expected.training)
          : await (await runnable(tf, each)).compute(pointOf(each), { training: expected.training });
      const check = (
        what: string,
        values: Float32Array | null,
        recorded: Recorded | null,
        scale: number,
        tolerance: number,
      ) => {
        const wanted = recorded ?? Array.from(values ?? [], () => 0);
        const found = values ?? new Float32Array(Array.isArray(wanted) ? wanted.length : wanted.size);
        expect(distance(found, wanted, scale), `${what} on ${backend}`).toBeLessThanOrEqual(tolerance);
      };
      expect(ours.outputs.length).toBe(expected.outputs.length);
      ours.outputs.forEach((values, i) => {
        const recorded = expected.outputs[i] ?? null;
        check(`output ${i}`, values, recorded, largestOf(recorded) || 1, FORWARD);
      });
      ours.inputGradients.forEach((values, i) => {
        const recorded = expected.inputGradients[i] ?? null;
        check(`gradient of input ${i}`, values, recorded, scaleOf(recorded, gradients), GRADIENT);
      });
      // Our kernels have no way back in evaluation mode.
      if (backend === 'kernels' && !expected.training) return;
      for (const [name, recorded] of Object.entries(expected.weightGradients)) {
        const values = ours.weightGradients[name] ?? null;
        check(`gradient of ${name}`, values, recorded, scaleOf(recorded, gradients), GRADIENT);
      }
    });
  });
});
