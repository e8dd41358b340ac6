import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import type { Plan } from '@/compiler/plan';
import { nodeSurroundings } from '../backends/node';
import { prepareBackend } from '../backends/prepare';
import { createProgram } from '../createProgram';
import { createReferenceProgram } from '../reference/createReferenceProgram';
import type { Program } from '../program';
import { batchFor, optionsFor } from '../testing/batches';
import { largest, maxDifference } from '../testing/numbers';
import { type Entry, planOf } from '../testing/plans';
import { startMachine } from './startMachine';
import type { Machine } from './machine';

/** Of 32-bit floats added up in another order, as a share of a tensor's largest number. */
const ROUNDING = 1e-5;

async function using<T>(made: ReturnType<typeof createProgram>, body: (program: Program) => Promise<T>): Promise<T> {
  const program = await made;
  if (!program.ok) throw new Error(program.error.message);
  try {
    return await body(program.value);
  } finally {
    program.value.dispose();
  }
}

async function reference(plan: Plan, batchSize: number) {
  const prepared = await prepareBackend(tf, 'cpu', nodeSurroundings);
  return prepared.ok ? createReferenceProgram(tf, plan, optionsFor({ batchSize }), prepared.value) : prepared;
}

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
export async function expectAlike(entries: readonly Entry[], batchSize = 8): Promise<void> {
  const plan = planOf(entries);
  const ours = await using(createProgram(nodeSurroundings, 'wasm', plan, optionsFor({ batchSize })), (program) => {
    expect(program.backend).not.toContain('tfjs');
    return resultsOf(program, plan, batchSize);
  });
  const theirs = await using(reference(plan, batchSize), (program) => resultsOf(program, plan, batchSize));
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
