import type * as tf from '@tensorflow/tfjs';
import type { Tf } from './define';

/** By key, `nodePath/weight`. */
export type Gradients = Readonly<Record<string, tf.Tensor>>;

const mapGradients = (gradients: Gradients, change: (gradient: tf.Tensor, key: string) => tf.Tensor): Gradients =>
  Object.fromEntries(Object.entries(gradients).map(([key, gradient]) => [key, change(gradient, key)]));

/**
 * g·min(1, norm/‖g‖), ‖g‖ over all gradients together, so that the direction stays. Pascanu, Mikolov & Bengio 2013,
 * algorithm 1. A gradient that is not finite stays so, for the run to notice. Comes before weight decay, as in PyTorch
 * where clipping goes before the optimizer's step. Scratch tensors are left to the caller's `tf.tidy`.
 */
export function clipByGlobalNorm(tf: Tf, gradients: Gradients, norm: number): Gradients {
  const squares = Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)));
  if (squares.length === 0) return gradients;
  const scale = tf.div(norm, tf.maximum(tf.sqrt(tf.addN(squares)), norm));
  return mapGradients(gradients, (gradient) => tf.mul(gradient, scale));
}

/** Whether a weight is a kernel, by the last part of its key: `conv1/kernel`, `lstm/recurrentKernel`. */
export const isKernel = (key: string): boolean => /(^|\/)(kernel|[A-Za-z]+Kernel)$/.test(key);

/**
 * Adds λθ, the gradient of ½λ‖θ‖², to the gradients of kernels; biases and batch norm's γ and β stay as they are.
 * As PyTorch's `weight_decay` for SGD and Adam: Adam's division applies to it too, which AdamW avoids.
 * Krogh & Hertz 1991. Scratch tensors are left to the caller's `tf.tidy`.
 */
export function addWeightDecay(tf: Tf, gradients: Gradients, weights: Gradients, lambda: number): Gradients {
  if (lambda === 0) return gradients;
  return mapGradients(gradients, (gradient, key) => {
    const weight = weights[key];
    return weight && isKernel(key) ? tf.add(gradient, tf.mul(weight, lambda)) : gradient;
  });
}
