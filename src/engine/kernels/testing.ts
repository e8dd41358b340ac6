import type { Tf } from './tf';

/** Random numbers in [−1, 1) from a seed: the same tensor in every run of a test. */
export function randomValues(count: number, seed: number): Float32Array {
  let state = (seed * 2654435761 + 1) >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** max|a − b| / max|b|, 0 where both are zero everywhere; infinite where the lengths differ or a number is missing. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i += 1) {
    const distance = Math.abs((actual[i] ?? NaN) - (expected[i] ?? NaN));
    if (Number.isNaN(distance)) return Infinity;
    difference = Math.max(difference, distance);
    largest = Math.max(largest, Math.abs(expected[i] ?? 0));
  }
  return difference === 0 ? 0 : difference / largest;
}

/** Runs `body` on one backend and gives its tensors' values; nothing stays behind. */
export async function on(tf: Tf, backend: string, body: () => import('@tensorflow/tfjs').Tensor[]): Promise<number[][]> {
  await tf.setBackend(backend);
  const tensors = tf.tidy(body);
  const values = tensors.map((tensor) => Array.from(tensor.dataSync()));
  tf.dispose(tensors);
  return values;
}
