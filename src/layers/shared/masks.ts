import type { RandomStream } from '@/core/random';

/** What stands for numbers that are dropped, and for those that are not. */
export interface DropValues {
  readonly dropped: number;
  readonly kept: number;
}

/**
 * Factors of inverted dropout: 0 where numbers are dropped, else 1/(1 − rate), so that the mean stays.
 * Srivastava et al. 2014, "Dropout", §4 and §10.
 */
export const inverted = (rate: number): DropValues => ({ dropped: 0, kept: 1 / (1 - rate) });

/** `dropped` with probability `rate`, else `kept`. */
export function dropoutMask(
  count: number,
  rate: number,
  random: RandomStream,
  { dropped, kept }: DropValues = inverted(rate),
): Float32Array {
  const threshold = rate * 2 ** 32;
  const mask = new Float32Array(count);
  for (let i = 0; i < count; i += 1) mask[i] = random.bits() < threshold ? dropped : kept;
  return mask;
}

/** Normal numbers of a mean and a standard deviation. */
export function normals(count: number, mean: number, deviation: number, random: RandomStream): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 1) values[i] = mean + deviation * random.normal();
  return values;
}

/** What SELU tends to for very negative numbers, α′ = −λα. Klambauer et al. 2017, eq. 2 and 14. */
export const SATURATION = -1.0507009873554805 * 1.6732632423543772;

/**
 * a and b of a·x + b, which bring mean and variance back to 0 and 1 where a share `rate` of x gave way to α′:
 * with q = 1 − rate, a = (q + α′²·q·rate)^−½ and b = −a·rate·α′.
 * Klambauer, Unterthiner, Mayr & Hochreiter 2017, "Self-normalizing neural networks", "New dropout technique".
 */
export function alphaDropoutScaling(rate: number): { readonly a: number; readonly b: number } {
  const a = ((1 - rate) * (1 + rate * SATURATION ** 2)) ** -0.5;
  return { a, b: -a * rate * SATURATION };
}
