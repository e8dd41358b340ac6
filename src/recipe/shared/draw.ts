import type { RandomStream } from '@/core/random';

/** Row-major values of `shape`, each drawn by `draw` in order. */
export function fill(shape: readonly number[], draw: () => number): Float32Array {
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let i = 0; i < values.length; i += 1) values[i] = draw();
  return values;
}

/** Uniform in [min, max). */
export const uniform = (random: RandomStream, min: number, max: number): number => min + random.uniform() * (max - min);

/** Standard normal drawn again until it lies within ±2. Its standard deviation is `truncatedDeviation`. */
export function truncatedNormal(random: RandomStream): number {
  for (;;) {
    const value = random.normal();
    if (Math.abs(value) <= 2) return value;
  }
}

/** √(1 − 4φ(2)/(2Φ(2) − 1)), the standard deviation of a standard normal cut off at ±2. */
export const truncatedDeviation = 0.87962566103423978;
