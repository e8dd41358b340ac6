import { compile } from '@/compiler/compile';
import type { Plan, PlanLayer } from '@/compiler/plan';
import { randomDocument } from '@/compiler/testing/graphs';
import { randomStream } from '@/core/random';
import { formatShape, withoutBatch } from '@/core/shape';
import type { TorchCode } from '@/layers/emit';
import { layers } from '@/layers/registry';
import { hexHash } from './requests';

/** The listed seeds: no network of them may show a disagreement. */
export const SEEDS: readonly number[] = Array.from({ length: 2000 }, (_, i) => i + 1);
export const BATCH = 2;

/** One layer of a network, for PyTorch: what it takes, and the shapes that the compiler infers. */
export interface GraphStep {
  readonly type: string;
  /** `null`: PyTorch has nothing for it, or nothing is computed; its outputs are made up there. */
  readonly torch: TorchCode | null;
  readonly from: readonly (readonly [step: number, port: number])[];
  readonly outputs: readonly (readonly number[])[];
  /** Of an input: its numbers, where the layers behind it can't take any. */
  readonly values?: readonly number[];
}

export interface GraphRequest {
  readonly seed: number;
  readonly batch: number;
  readonly fingerprint: string;
  readonly steps: readonly GraphStep[];
}

export function planOfSeed(seed: number): Plan {
  const { plan, problems } = compile(randomDocument(seed));
  if (!plan) throw new Error(`Seed ${seed}: ${problems.map(({ message }) => message).join(' ')}`);
  return plan;
}

/** Numbers for the inputs that feed layers with examples of their own, by index into the plan's layers. */
export function exampleValues(plan: Plan, seed: number): ReadonlyMap<number, Float32Array> {
  const values = new Map<number, Float32Array>();
  plan.layers.forEach((layer, i) => {
    const given = layers
      .get(layer.type)
      ?.examples?.(layer.inputs, layer.params, randomStream(seed, `graph/examples/${i}`), BATCH);
    given?.forEach((numbers, port) => values.set(layer.sources[port]?.layer ?? -1, numbers));
  });
  return values;
}

const torchOf = ({ type, params, inputs, outputs }: PlanLayer): TorchCode | null => {
  const definition = layers.get(type);
  if (!definition || definition.role !== 'layer') return null;
  const code = definition.torch(params, { inputs, outputs });
  return 'none' in code ? null : code;
};

/** What tells a recording of one network from a recording of another. */
export const fingerprintOf = (plan: Plan): string =>
  hexHash(plan.layers.map(({ type, params, sources }) => JSON.stringify([type, params, sources])).join('\n'));

/** Shapes that PyTorch is asked for, in one line: `28×28×6 14×14×6, …`. */
export const shapesLine = (plan: Plan): string =>
  plan.layers
    .filter((layer) => torchOf(layer) !== null)
    .map(({ outputs }) => outputs.map(formatShape).join(' '))
    .join(', ');

export function graphRequest(seed: number): GraphRequest {
  const plan = planOfSeed(seed);
  const examples = exampleValues(plan, seed);
  const steps = plan.layers.map((layer, i): GraphStep => {
    const values = examples.get(i);
    return {
      type: layer.type,
      torch: torchOf(layer),
      from: layer.sources.map((from) => [from.layer, from.port]),
      outputs: layer.outputs.map(withoutBatch),
      ...(values && { values: [...values] }),
    };
  });
  return { seed, batch: BATCH, fingerprint: fingerprintOf(plan), steps };
}
