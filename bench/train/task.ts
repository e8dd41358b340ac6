import type { Plan, PlanWeight } from '@/compiler/plan';
import { hash32 } from '@/core/random';
import { elements } from '@/core/shape';
import type { Batch } from '@/engine/program';
import { type Formula, valuesOf } from '@/engine/parity/values';
import { type NetId, networks, planOf } from './networks';

/** All that an engine must know to compute the same as the others; plain data. Numbers are formulas. */
export interface Task {
  readonly net: NetId;
  readonly batch: number;
  readonly plan: Plan;
  readonly input: Formula;
  readonly weights: readonly (Formula & { readonly key: string; readonly shape: readonly number[] })[];
  readonly learningRate: number;
  readonly momentum: number;
}

const elementsOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

/** He et al. 2015: variance 2/n; scales and variances begin at 1, what is added at 0. */
function formulaOf({ key, shape, initializer }: PlanWeight): Formula {
  if (initializer === 'ones') return { seed: 0, offset: 1, scale: 0 };
  if (initializer === 'zeros') return { seed: 0, offset: 0, scale: 0 };
  return { seed: hash32(key), offset: 0, scale: Math.sqrt(6 / elementsOf(shape.slice(0, -1))) };
}

export function taskOf(net: NetId): Task {
  const plan = planOf(net);
  return {
    net,
    batch: networks[net].batch,
    plan,
    input: { seed: 1, offset: 0, scale: 1 },
    weights: plan.layers.flatMap(({ weights }) =>
      weights.map((weight) => ({ key: weight.key, shape: weight.shape, ...formulaOf(weight) })),
    ),
    learningRate: 0.01,
    momentum: 0.9,
  };
}

/** Class of the n-th example; `pytorch/serve.py` has the same. */
const classOf = (n: number) => (3 * n + 1) % 10;

export function batchOf({ plan, batch, input }: Task): Batch {
  const each = elements(plan.layers[plan.inputs[0] ?? 0]?.outputs[0] ?? []);
  return {
    inputs: [valuesOf(input, batch * each)],
    targets: [Float32Array.from({ length: batch }, (_, n) => classOf(n))],
    counts: new Float32Array(batch).fill(1),
  };
}

export const weightsOf = ({ weights }: Task): Readonly<Record<string, Float32Array>> =>
  Object.fromEntries(weights.map((weight) => [weight.key, valuesOf(weight, elementsOf(weight.shape))]));
