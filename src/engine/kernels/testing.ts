import type { Rank, ShapeMap, Tensor } from '@tensorflow/tfjs';
import type { Tf } from './tf';

/** Random numbers in [−1, 1) from a seed: the same tensor in every run of a test. */
export function randomValues(count: number, seed: number): Float32Array {
  let state = (seed * 2654435761 + 1) >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

export function randomTensor<R extends Rank>(tf: Tf, shape: ShapeMap[R], seed: number): Tensor<R> {
  const count = shape.reduce<number>((product, size) => product * size, 1);
  return tf.tensor<R>(randomValues(count, seed), shape);
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
export async function on(tf: Tf, backend: string, body: () => Tensor[]): Promise<number[][]> {
  await tf.setBackend(backend);
  const tensors = tf.tidy(body);
  const values = tensors.map((tensor) => Array.from(tensor.dataSync()));
  tf.dispose(tensors);
  return values;
}

/**
 * The gradient along one direction, by central differences: (Σ w·f(x + h·d) − Σ w·f(x − h·d)) / 2h, summed in double
 * precision. Exact up to rounding where f is linear, so that h may be large.
 */
export function directional(
  tf: Tf,
  f: (x: Tensor) => Tensor,
  x: Tensor,
  direction: Float32Array,
  weights: Float32Array,
  h = 0.5,
): number {
  const moved = (by: number): number =>
    tf.tidy(() => {
      const values = f(x.add(tf.tensor(direction, x.shape).mul(by))).dataSync();
      return dot(values, weights);
    });
  return (moved(h) - moved(-h)) / (2 * h);
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? NaN) * (b[i] ?? NaN);
  return sum;
}
