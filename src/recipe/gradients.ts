import type * as tf from '@tensorflow/tfjs';
import type { Tf } from './define';

/** By key, `nodePath/weight`. */
export type Gradients = Readonly<Record<string, tf.Tensor>>;

/**
 * min(1, norm/‖g‖), ‖g‖ over all gradients together: what each gradient is multiplied with, so that the direction stays.
 * `null` without gradients. Pascanu, Mikolov & Bengio 2013, algorithm 1. A gradient that is not finite stays so, for the
 * run to notice. Comes before weight decay, as in PyTorch where clipping goes before the optimizer's step. Scratch
 * tensors are left to the caller's `tf.tidy`.
 */
export function clippingFactor(tf: Tf, gradients: Gradients, norm: number): tf.Tensor | null {
  const squares = Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)));
  return squares.length === 0 ? null : tf.div(norm, tf.maximum(tf.sqrt(tf.addN(squares)), norm));
}

/** Whether a weight is a kernel, by the last part of its key: `conv1/kernel`, `lstm/recurrentKernel`. */
export const isKernel = (key: string): boolean => /(^|\/)(kernel|[A-Za-z]+Kernel)$/.test(key);

/**
 * Adds λθ, the gradient of ½λ‖θ‖², to the gradient of a kernel; biases and batch norm's γ and β stay as they are.
 * As PyTorch's `weight_decay` for SGD and Adam: Adam's division applies to it too, which AdamW avoids.
 * Krogh & Hertz 1991. Scratch tensors are left to the caller's `tf.tidy`.
 */
export function addWeightDecay(tf: Tf, key: string, gradient: tf.Tensor, weight: tf.Tensor, lambda: number): tf.Tensor {
  return lambda !== 0 && isKernel(key) ? tf.add(gradient, tf.mul(weight, lambda)) : gradient;
}
