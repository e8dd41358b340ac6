import { ok } from '@/core/result';
import { defineLayer } from '../define';
import * as elementwise from '../shared/elementwise';

/**
 * The first input less the second, number by number.
 * Input:  two of [batch, …], sizes equal or 1     Output: the larger sizes
 * Zhang et al. 2017, "Beyond a Gaussian denoiser", §III: the image less the noise that the network finds.
 */
export const subtract = defineLayer({
  type: 'subtract',
  family: 'merge',
  title: 'Subtract',
  summary: 'Takes the second input from the first, number by number: a noisy image less its noise.',
  keywords: ['minus', 'difference', 'denoise'],
  reference: 'Zhang, Zuo, Chen, Meng & Zhang 2017, Beyond a Gaussian denoiser, §III',
  params: {},
  inputs: { kind: 'fixed', names: ['minuend', 'subtrahend'] },
  shape: (inputs) => elementwise.elementwiseShape(inputs, '−', 'subtracted'),
  forward: (tf, [minuend, subtrahend]) => (subtrahend ? tf.sub(minuend, subtrahend) : minuend),
  // Keras has the class; tfjs has not.
  reads: { Subtract: () => ok({}) },
  formula: (inputs, [output = []]) =>
    elementwise.elementwiseFormula(inputs, output, '−', (names) => names.join(' − ')),
  macs: null,
  torch: (_p, { inputs }) => elementwise.elementwiseTorch(inputs, (names) => names.join(' - ')),
  keras: (_p, { inputs }) => elementwise.mergeKeras(inputs, 'layers.Subtract()'),
  cases: elementwise.elementwiseCases,
});
