import type { Tensor } from '@tensorflow/tfjs';
import { dot } from '../testing';
import type { Tf } from '../tf';
import type { Operation } from './operations';

/** Small enough for curvature, large enough for single precision; every input differs from the next by far more. */
const STEP = 1 / 128;

/**
 * Inputs that all differ and stay away from zero, so that no maximum, no kink lies within a step.
 * Values from −1 to 1, shuffled by a seed.
 */
export function spacedTensor(tf: Tf, shape: readonly number[], seed: number): Tensor {
  const count = tf.util.sizeFromShape([...shape]);
  const offset = count % 2 === 1 ? 0.3 : 0;
  const values = Float32Array.from({ length: count }, (_, i) => (2 * i + 1 - count + offset) / count);
  let state = seed * 7919 + 1;
  for (let i = count - 1; i > 0; i -= 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
  return tf.tensor(values, [...shape]);
}

/** The gradient of Σ upstream · output, summed in doubles, by central differences for every number of every input. */
export function finiteDifferences(tf: Tf, operation: Operation, upstream: ArrayLike<number>): number[][] {
  const inputs = operation.shapes.map((shape, k) => spacedTensor(tf, shape, k + 1).dataSync());
  const weighted = (moved: number, i: number, by: number): number =>
    tf.tidy(() => {
      const tensors = inputs.map((values, k) => {
        const copy = Float32Array.from(values);
        if (k === moved) copy[i]! += by;
        return tf.tensor(copy, [...operation.shapes[k]!]);
      });
      return dot(operation.run(tf, ...tensors).dataSync(), upstream);
    });
  return inputs.map((values, k) =>
    Array.from(values, (_, i) => (weighted(k, i, STEP) - weighted(k, i, -STEP)) / (2 * STEP)),
  );
}
