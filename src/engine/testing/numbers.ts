import { randomStream } from '@/core/random';

type Values = Readonly<Record<string, Float32Array>>;

/** One after the other: tfjs computes on one backend at a time. */
export async function inTurn<T, R>(items: readonly T[], body: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await body(item));
  return results;
}

/** A random direction of length 1. */
export function unit(length: number, purpose: string): Float32Array {
  const random = randomStream(1, purpose);
  const values = Float32Array.from({ length }, () => random.normal());
  const size = Math.sqrt(dot(values, values));
  return values.map((value) => value / size);
}

export const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
export const shifted = (a: Float32Array, direction: Float32Array, by: number) =>
  a.map((value, i) => value + by * direction[i]!);
export const norm = (values: Values): number =>
  Math.sqrt(Object.values(values).reduce((sum, each) => sum + dot(each, each), 0));
export const largest = (values: Values): number =>
  Math.max(...Object.values(values).flatMap((each) => [...each.map(Math.abs)]));

/** Infinite where lengths differ or a number is missing. */
export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let largestSoFar = 0;
  for (let i = 0; i < a.length; i += 1) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (Number.isNaN(difference)) return Infinity;
    largestSoFar = Math.max(largestSoFar, difference);
  }
  return largestSoFar;
}
