import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Plan } from '@/compiler/plan';
import { elements } from '@/core/shape';
import { nodeSurroundings } from './backends/node';
import { createProgram } from './createProgram';
import type { Batch, Program } from './program';
import { optionsFor } from './testing/batches';
import { type Entry, planOf } from './testing/plans';

/** What e2e/parity/record_program.py recorded of PyTorch, in 64-bit floats. */
const summary = z.object({
  size: z.number(),
  norm: z.number(),
  projection: z.number(),
  values: z.array(z.number()).optional(),
});
const steps = z.object({ losses: z.array(z.number()), moves: z.record(z.string(), summary) });
const recorded = z.object({ loss: z.number(), gradients: z.record(z.string(), summary), momentum: steps, adam: steps });
const golden = z
  .object({ torch: z.string(), lenet: recorded, residual: recorded })
  .parse(JSON.parse(readFileSync(new URL('./goldens/program.json', import.meta.url), 'utf8')));

const lenet: readonly Entry[] = [
  ['in', 'input', { shape: [28, 28, 1] }],
  ['c1', 'conv2d', { filters: 6, kernel: [5, 5], padding: [[2, 2], [2, 2]], activation: 'tanh' }],
  ['p1', 'maxPool2d'],
  ['c2', 'conv2d', { filters: 16, kernel: [5, 5], activation: 'tanh' }],
  ['p2', 'maxPool2d'],
  ['f', 'flatten'],
  ['d1', 'dense', { units: 120, activation: 'tanh' }],
  ['d2', 'dense', { units: 84, activation: 'tanh' }],
  ['d3', 'dense', { units: 10, activation: 'softmax' }],
  ['out', 'output'],
];
const three = { kernel: [3, 3], padding: [[1, 1], [1, 1]], bias: false };
const residual: readonly Entry[] = [
  ['in', 'input', { shape: [8, 8, 3] }],
  ['c1', 'conv2d', { ...three, filters: 6, stride: [2, 2] }],
  ['b1', 'batchNorm', { momentum: 0.9, epsilon: 1e-5 }],
  ['a1', 'activation', { activation: 'softplus' }],
  ['c2', 'conv2d', { ...three, filters: 6 }],
  ['b2', 'batchNorm', { momentum: 0.9, epsilon: 1e-5 }],
  ['s', 'conv2d', { filters: 6, kernel: [1, 1], stride: [2, 2] }, ['in']],
  ['sum', 'add', {}, ['b2', 's']],
  ['a2', 'activation', { activation: 'tanh' }],
  ['g', 'globalAveragePool2d'],
  ['d', 'dense', { units: 4, activation: 'softmax' }],
  ['out', 'output'],
];

/** The formulas of the script. */
function weightsOf(plan: Plan): Record<string, Float32Array> {
  const weights = plan.layers.flatMap((layer) => layer.weights);
  return Object.fromEntries(
    weights.map(({ key, name, shape }) => {
      const size = shape.reduce((product, each) => product * each, 1);
      const phase = key.length + key.charCodeAt(1);
      const amplitude = Math.sqrt(2 / (size / (shape.at(-1) ?? 1)));
      const value = (i: number) => {
        switch (name) {
          case 'kernel':
            return Math.sin(1.3 * i + phase) * amplitude;
          case 'gamma':
            return 1 + 0.2 * Math.sin(i + phase);
          case 'movingMean':
            return 0;
          case 'movingVariance':
            return 1;
          default:
            return 0.1 * Math.cos(i + phase);
        }
      };
      return [key, Float32Array.from({ length: size }, (_, i) => value(i))];
    }),
  );
}

function batchOf(plan: Plan, size: number, classes: number): Batch {
  const each = elements(plan.layers[0]?.outputs[0] ?? []);
  return {
    inputs: [
      Float32Array.from({ length: size * each }, (_, i) => Math.sin(0.37 * i + 0.01 * Math.floor(i / each) ** 2)),
    ],
    targets: [Float32Array.from({ length: size }, (_, n) => (3 * n + 1) % classes)],
    counts: new Float32Array(size).fill(1),
  };
}

/** Largest difference, projection's included, relative to the recorded tensor's largest number or its norm. */
function distance(actual: readonly number[], { size, norm, projection, values }: z.infer<typeof summary>): number {
  if (actual.length !== size) return Infinity;
  const ownProjection = actual.reduce((sum, value, i) => sum + value * Math.cos(0.9 * i), 0);
  const ownNorm = Math.sqrt(actual.reduce((sum, value) => sum + value * value, 0));
  const ofSums = Math.max(Math.abs(ownProjection - projection), Math.abs(ownNorm - norm)) / norm;
  if (!values) return ofSums;
  const largest = Math.max(...values.map(Math.abs));
  return Math.max(ofSums, ...actual.map((value, i) => Math.abs(value - (values[i] ?? NaN)) / largest));
}

/**
 * PyTorch's running variance takes each batch's unbiased variance, ours and Keras' the biased one, which is
 * (n − 1)/n of it. From 1, after three steps with m = 0.9: moved = (m³ − 1) + Σ…, and only the sum is scaled.
 */
const biased = (move: number, n: number) => (move - (0.9 ** 3 - 1)) * ((n - 1) / n) + (0.9 ** 3 - 1);

function asBiased(recordedMove: z.infer<typeof summary>, n: number): z.infer<typeof summary> {
  const values = (recordedMove.values ?? []).map((move) => biased(move, n));
  const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  const projection = values.reduce((sum, value, i) => sum + value * Math.cos(0.9 * i), 0);
  return { size: recordedMove.size, norm, projection, values };
}

const optimizers = {
  momentum: { recipe: { type: 'momentum', params: { momentum: 0.9 } }, learningRate: 0.05 },
  adam: { recipe: { type: 'adam', params: { epsilon: 1e-3 } }, learningRate: 0.002 },
} as const;

describe(`against PyTorch ${golden.torch}`, () => {
  describe.each([
    { title: 'LeNet-5', entries: lenet, size: 4, classes: 10, expected: golden.lenet },
    { title: 'a residual block with batch norm', entries: residual, size: 6, classes: 4, expected: golden.residual },
  ])('$title', ({ entries, size, classes, expected }) => {
    const plan = planOf(entries);
    const batch = batchOf(plan, size, classes);

    async function program(optimizer: keyof typeof optimizers): Promise<Program> {
      const created = await createProgram(nodeSurroundings, 'wasm', plan, optionsFor({ optimizer: optimizers[optimizer].recipe, batchSize: size }));
      if (!created.ok) throw new Error(created.error.message);
      expect(created.value.restore({ weights: weightsOf(plan) }).ok).toBe(true);
      return created.value;
    }

    it('has the same loss and gradients', async () => {
      const ours = await program('momentum');
      const { loss, gradients } = await ours.gradients(batch);
      expect(Math.abs(loss - expected.loss)).toBeLessThan(1e-5 * expected.loss);
      expect(Object.keys(gradients).sort()).toEqual(Object.keys(expected.gradients).sort());
      for (const [key, gradient] of Object.entries(gradients)) {
        expect(distance([...gradient], expected.gradients[key]!), key).toBeLessThan(1e-4);
      }
      ours.dispose();
    });

    it.each(['momentum', 'adam'] as const)('moves the weights alike in three steps of %s', async (optimizer) => {
      const ours = await program(optimizer);
      const before = weightsOf(plan);
      for (let i = 0; i < 3; i += 1) ours.step(batch, optimizers[optimizer].learningRate);
      const { losses, moves } = expected[optimizer];
      (await ours.read()).forEach(({ loss }, i) => expect(Math.abs(loss - losses[i]!)).toBeLessThan(1e-5 * losses[i]!));
      const after = await ours.weights();
      for (const [key, recordedMove] of Object.entries(moves)) {
        const move = [...after[key]!].map((value, i) => value - before[key]![i]!);
        // Both batch norms see [size, 4, 4, 6].
        const reference = key.endsWith('/movingVariance') ? asBiased(recordedMove, size * 16) : recordedMove;
        expect(distance(move, reference), key).toBeLessThan(2e-4);
      }
      ours.dispose();
    });
  });
});
