import { ok } from '@/core/result';
import { defineLayer } from '../define';
import * as elementwise from '../shared/elementwise';

/**
 * The product of its inputs, number by number: weights of 1×1×channels scale the channels of an image.
 * Input:  two or more of [batch, …], sizes equal or 1     Output: the larger sizes
 * Hu, Shen & Sun 2018, "Squeeze-and-excitation networks", eq. 4.
 */
export const multiply = defineLayer({
  type: 'multiply',
  family: 'merge',
  title: 'Multiply',
  summary: 'Multiplies inputs, number by number; lets one path weigh or gate another.',
  keywords: ['product', 'times', 'gate', 'scale', 'squeeze and excitation', 'attention'],
  reference: 'Hu, Shen & Sun 2018, Squeeze-and-excitation networks, eq. 4',
  params: {},
  inputs: elementwise.operands,
  shape: (inputs) => elementwise.elementwiseShape(inputs, '·', 'multiplied'),
  lower: () => [{ className: 'Multiply', config: {} }],
  reads: { Multiply: () => ok({}) },
  formula: (inputs, [output = []]) =>
    elementwise.elementwiseFormula(inputs, output, '·', (names) => names.join('·')),
  macs: null,
  torch: (_p, { inputs }) => elementwise.elementwiseTorch(inputs, (names) => names.join(' * ')),
  keras: (_p, { inputs }) => elementwise.mergeKeras(inputs, 'layers.Multiply()'),
  cases: [...elementwise.elementwiseCases, elementwise.threefoldCase],
});
