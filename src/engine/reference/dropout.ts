import { randomStream } from '@/core/random';
import type { TrainingBehaviour } from './unit';

/**
 * Factors of inverted dropout: 0 with probability `rate`, else 1/(1 − rate), so that the mean stays.
 * The same for the same seed, path and step, however often the step is replayed.
 * Srivastava et al. 2014, "Dropout", §4 and §10.
 */
export function dropoutMask(count: number, rate: number, seed: number, path: string, step: number): Float32Array {
  const random = randomStream(seed, `dropout/${path}`, step);
  const kept = 1 / (1 - rate);
  const threshold = rate * 2 ** 32;
  const mask = new Float32Array(count);
  for (let i = 0; i < count; i += 1) mask[i] = random.bits() < threshold ? 0 : kept;
  return mask;
}

/** The stock layer draws from a generator of its own: unseeded no run can be repeated, seeded it never changes. */
export const dropoutInTraining: TrainingBehaviour = (tf, unit, [input], { seed, step }) => {
  if (!input) throw new Error(`Nothing enters ${unit.name}.`);
  const rate = Number(unit.layer.getConfig().rate);
  if (rate === 0) return input;
  return tf.mul(input, tf.tensor(dropoutMask(input.size, rate, seed, unit.path, step), input.shape));
};
