import type { Rank, ShapeMap, Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../tf';
import goldens from './goldens.json';

export type CaseBackend = 'cpu' | 'wasm' | 'webgl' | 'webgpu';

export const EVERYWHERE: readonly CaseBackend[] = ['cpu', 'wasm', 'webgl', 'webgpu'];

/** One thing that stock tfjs 4.22 lacks or gets wrong. */
export interface MendCase {
  /** Also the key of its numbers in goldens.json, recorded from PyTorch by e2e/parity/record_mends.py. */
  readonly name: keyof typeof goldens;
  /** What stock tfjs does instead. */
  readonly stock: string;
  /** The backends on which it throws or gives other numbers. */
  readonly failsOn: readonly CaseBackend[];
  /** The output and the gradients of all inputs, flat, one after the other. */
  readonly run: (tf: Tf) => Tensor;
}

/** The numbers that PyTorch gives for a case. */
export const expectedOf = ({ name }: MendCase): readonly number[] => goldens[name];

/** Quarters from −5/4 to 5/4 in an order of eleven, as the recorder makes them: exact in every precision. */
export function wave<R extends Rank>(tf: Tf, shape: ShapeMap[R], seed: number): Tensor<R> {
  return numbers<R>(tf, shape, (i) => (((7 * i + 3 * seed) % 11) - 5) / 4);
}

/** Eighths that all differ in up to 101 places, as the recorder makes them. */
export function distinct<R extends Rank>(tf: Tf, shape: ShapeMap[R], seed: number): Tensor<R> {
  return numbers<R>(tf, shape, (i) => (((37 * i + seed) % 101) - 50) / 8);
}

function numbers<R extends Rank>(tf: Tf, shape: ShapeMap[R], valueAt: (i: number) => number): Tensor<R> {
  const count = tf.util.sizeFromShape([...shape]);
  return tf.tensor<R>(Float32Array.from({ length: count }, (_, i) => valueAt(i)), shape);
}

/** Output and gradients of `f`, into which `wave(shape, 9)` enters backward. */
export function through<T extends Tensor[]>(tf: Tf, inputs: [...T], f: (...inputs: T) => Tensor): Tensor {
  const y = f(...inputs);
  const upstream = wave(tf, y.shape, 9);
  // tfjs types the inputs of `grads` as tensors of any rank.
  const gradients = tf.grads(f as (...inputs: Tensor[]) => Tensor)(inputs, upstream);
  return tf.concat([y, ...gradients].map((tensor) => tf.reshape(tensor, [-1])));
}
