import type { RandomStream } from '@/core/random';

/**
 * Factors of inverted dropout: 0 with probability `rate`, else 1/(1 − rate), so that the mean stays.
 * Srivastava et al. 2014, "Dropout", §4 and §10.
 */
export function dropoutMask(count: number, rate: number, random: RandomStream): Float32Array {
  const kept = 1 / (1 - rate);
  const threshold = rate * 2 ** 32;
  const mask = new Float32Array(count);
  for (let i = 0; i < count; i += 1) mask[i] = random.bits() < threshold ? 0 : kept;
  return mask;
}
