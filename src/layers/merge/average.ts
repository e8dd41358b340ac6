import { ok } from '@/core/result';
import { defineLayer } from '../define';
import * as elementwise from '../shared/elementwise';

/**
 * The mean of its inputs, number by number: what an ensemble of networks answers together.
 * Input:  two or more of [batch, …], sizes equal or 1     Output: the larger sizes
 * Goodfellow, Bengio & Courville 2016, "Deep Learning", §7.11.
 */
export const average = defineLayer({
  type: 'average',
  family: 'merge',
  title: 'Average',
  summary: 'Takes the mean of its inputs, number by number, as an ensemble does with its members.',
  keywords: ['mean', 'ensemble', 'committee'],
  reference: 'Goodfellow, Bengio & Courville 2016, Deep Learning, §7.11',
  params: {},
  inputs: elementwise.operands,
  shape: (inputs) => elementwise.elementwiseShape(inputs, 'and', 'averaged'),
  lower: () => [{ className: 'Average', config: {} }],
  reads: { Average: () => ok({}) },
  formula: (inputs, [output = []]) =>
    elementwise.elementwiseFormula(inputs, output, 'and', (names) => `(${names.join(' + ')})/${names.length}`),
  macs: null,
  torch: (_p, { inputs }) =>
    elementwise.elementwiseTorch(inputs, (names) => `(${names.join(' + ')}) / ${names.length}`),
  keras: (_p, { inputs }) => elementwise.mergeKeras(inputs, 'layers.Average()'),
  cases: [...elementwise.elementwiseCases, elementwise.threefoldCase],
});
