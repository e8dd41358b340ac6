import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs';
import { conv2d } from './conv2d';
import type { Pair } from './convolution';
import type { Tf } from './tf';

/** What tfjs's Conv2D layer holds; the package types most of it as protected. */
interface Conv2dLayer {
  readonly kernel: { read(): Tensor4D };
  readonly bias: { read(): Tensor1D } | null;
  readonly activation: { apply(x: Tensor): Tensor } | null;
  readonly strides: Pair;
  readonly dilationRate: Pair;
  readonly padding: string;
  readonly dataFormat: string;
  call(this: Conv2dLayer, inputs: Tensor | Tensor[], kwargs: object): Tensor | Tensor[];
}

const ours = new WeakSet<Conv2dLayer['call']>();

/**
 * tfjs's Conv2D layer with linear activation runs a fused convolution whose own gradient throws for dilations above 1
 * and is in no registry. A dilated layer runs convolution, bias and activation one after the other instead.
 */
export function mendConv2dLayer(tf: Tf): void {
  const layer = tf.layers.conv2d({ name: 'prototype', filters: 1, kernelSize: 1 });
  const prototype = Object.getPrototypeOf(layer) as Conv2dLayer;
  const stock = prototype.call;
  if (ours.has(stock)) return;
  const call: Conv2dLayer['call'] = function (inputs, kwargs) {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    const { padding, strides, dilationRate } = this;
    const isDilated = dilationRate.some((rate) => rate !== 1);
    if (!x || !isDilated || this.dataFormat !== 'channelsLast' || (padding !== 'valid' && padding !== 'same')) {
      return stock.call(this, inputs, kwargs);
    }
    return tf.tidy(() => {
      const convolved = conv2d(tf, x as Tensor4D, this.kernel.read(), { strides, dilations: dilationRate, pad: padding });
      const biased = this.bias ? tf.add(convolved, this.bias.read()) : convolved;
      return this.activation ? this.activation.apply(biased) : biased;
    });
  };
  ours.add(call);
  prototype.call = call;
}
