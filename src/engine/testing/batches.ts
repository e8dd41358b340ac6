import type { Plan } from '@/compiler/plan';
import { randomStream } from '@/core/random';
import { elements } from '@/core/shape';
import type { Batch, ProgramOptions } from '../program';

/** Normal inputs and classes 0 … 2 from a seed; the last `fillers` examples count for nothing. */
export function batchFor(plan: Plan, size: number, seed: number, fillers = 0): Batch {
  const random = randomStream(seed, 'test/batch');
  const inputs = plan.inputs.map((i) => {
    const count = size * elements(plan.layers[i]?.outputs[0] ?? []);
    return Float32Array.from({ length: count }, () => random.normal());
  });
  const targets = plan.outputs.slice(0, 1).map(() => Float32Array.from({ length: size }, () => random.below(3)));
  return { inputs, targets, counts: Float32Array.from({ length: size }, (_, i) => (i < size - fillers ? 1 : 0)) };
}

export const optionsFor = (recipe: Partial<ProgramOptions['recipe']> = {}): ProgramOptions => ({
  recipe: {
    optimizer: { type: 'momentum', params: {} },
    loss: 'crossEntropy',
    weightDecay: 0,
    clipNorm: null,
    batchSize: 8,
    ...recipe,
  },
  seed: 3,
  task: 'classes',
});
