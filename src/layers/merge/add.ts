import { ok } from '@/core/result';
import { defineLayer } from '../define';
import * as elementwise from '../shared/elementwise';

/**
 * The sum of its inputs, number by number: y = x + F(x) where it closes a skip connection.
 * Input:  two or more of [batch, …], sizes equal or 1     Output: the larger sizes
 * He, Zhang, Ren & Sun 2016, "Deep residual learning for image recognition", eq. 1.
 */
export const add = defineLayer({
  type: 'add',
  family: 'merge',
  title: 'Add',
  summary: 'Sums inputs, number by number; closes a skip connection.',
  keywords: ['sum', 'plus', 'residual', 'skip', 'shortcut'],
  shortcut: 'a',
  reference: 'He, Zhang, Ren & Sun 2016, Deep residual learning for image recognition, eq. 1',
  params: {},
  inputs: elementwise.operands,
  shape: (inputs) => elementwise.elementwiseShape(inputs, '+', 'added'),
  lower: () => [{ className: 'Add', config: {} }],
  reads: { Add: () => ok({}) },
  formula: (inputs, [output = []]) =>
    elementwise.elementwiseFormula(inputs, output, '+', (names) => names.join(' + ')),
  macs: null,
  torch: (_p, { inputs }) => elementwise.elementwiseTorch(inputs, (names) => names.join(' + ')),
  keras: (_p, { inputs }) => elementwise.mergeKeras(inputs, 'layers.Add()'),
  cases: [...elementwise.elementwiseCases, elementwise.threefoldCase],
});
