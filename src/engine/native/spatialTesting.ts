import { expect } from 'vitest';
import type { Plan } from '@/compiler/plan';
import { nodeSurroundings } from '../backends/node';
import type { Program } from '../program';
import { batchFor, optionsFor } from '../testing/batches';
import { largest, maxDifference } from '../testing/numbers';
import { type Entry, planOf } from '../testing/plans';
import type { Machine } from './machine';
import { startMachine } from './startMachine';
import { nativeProgram, referenceProgram } from './testing';

/** Of 32-bit floats added up in another order, as a share of a tensor's largest number. */
const ROUNDING = 1e-5;

export const ranks = [1, 2, 3] as const;

/** A network of tests around a layer: what comes before it is trained, and sees its gradients. */
export const around = (
  type: string,
  params: Readonly<Record<string, unknown>>,
  sizes: readonly number[],
  channels: number,
): readonly Entry[] => [
  ['in', 'input', { shape: [4] }],
  ['h', 'dense', { units: sizes.reduce((product, size) => product * size, channels) }],
  ['before', 'reshape', { shape: [...sizes, channels] }],
  ['layer', type, params],
  ['f', 'flatten'],
  ['d', 'dense', { units: 3, activation: 'softmax' }],
  ['out', 'output'],
];

/** A value that two layers take: the second adds to the gradient of the first. */
export const beside = (one: Entry, other: Entry, sizes: readonly number[]): readonly Entry[] => [
  ['in', 'input', { shape: [4] }],
  ['h', 'dense', { units: sizes.reduce((product, size) => product * size, 5) }],
  ['before', 'reshape', { shape: [...sizes, 5] }],
  [one[0], one[1], one[2], ['before']],
  ['f', 'flatten'],
  ['d', 'dense', { units: 3, activation: 'softmax' }],
  ['out', 'output'],
  [other[0], other[1], other[2], ['before']],
  ['f2', 'flatten'],
  ['d2', 'dense', { units: 3, activation: 'softmax' }],
  ['out2', 'output'],
];

type Results = Awaited<ReturnType<typeof resultsOf>>;

/** What a network computes: two steps move its weights away from where they begin, statistics among them. */

async function resultsOf(program: Program, plan: Plan, batchSize: number) {
  const first = await program.gradients(batchFor(plan, batchSize, 1));
  for (const seed of [2, 3]) program.step(batchFor(plan, batchSize, seed), 0.05);
  await program.read();
  const batch = batchFor(plan, batchSize, 4);
  return {
    first,
    weights: await program.weights(),
    later: await program.gradients(batch),
    outputs: await program.predict(batch.inputs, batchSize),
  };
}

/**
 * Holds our kernels to the reference on plain JavaScript: outputs, every gradient, the weights after two steps. Every
 * layer must run on the kernels.
 * @param stepped what weights may differ by after steps, in which a gradient that is truly 0 and rounding can add up.
 */
export async function expectTrainsAlike(entries: readonly Entry[], batchSize = 8): Promise<void> {
  const plan = planOf(entries);
  const options = optionsFor({ batchSize });
  const computed = [];
  for (const create of [nativeProgram, referenceProgram]) {
    const program = await create(plan, options);
    try {
      computed.push(await resultsOf(program, plan, batchSize));
    } finally {
      program.dispose();
    }
  }
  const [ours, theirs] = computed as [Results, Results];
  const alike = (name: string, a: Float32Array, b: Float32Array, scale: number) =>
    expect(maxDifference(a, b), name).toBeLessThanOrEqual(ROUNDING * scale);
  for (const which of ['first', 'later'] as const) {
    alike(`${which} loss`, Float32Array.of(ours[which].loss), Float32Array.of(theirs[which].loss), theirs[which].loss);
    // A gradient that is truly 0, of a bias before a normalisation, has no size of its own: all are held to the largest.
    const scale = largest(theirs[which].gradients);
    for (const [key, gradient] of Object.entries(theirs[which].gradients)) {
      alike(`${which} gradient of ${key}`, ours[which].gradients[key]!, gradient, scale);
    }
  }
  for (const [key, weight] of Object.entries(theirs.weights)) {
    alike(key, ours.weights[key]!, weight, Math.max(1, largest({ weight })));
  }
  theirs.outputs.forEach((output, i) => alike(`output ${i}`, ours.outputs[i]!, output, largest({ output })));
}

/** The kernels alone, for tests of instructions. */
export async function testMachine(): Promise<{ readonly machine: Machine; readonly release: () => void }> {
  const started = await startMachine(nodeSurroundings.native);
  if (!started.ok) throw new Error(started.error.message);
  return started.value;
}
