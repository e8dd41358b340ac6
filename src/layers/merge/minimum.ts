import { ok } from '@/core/result';
import { defineLayer } from '../define';
import * as elementwise from '../shared/elementwise';

/**
 * The smallest of its inputs, number by number: the “and” of fuzzy logic. Two that are equal share the gradient.
 * Input:  two or more of [batch, …], sizes equal or 1     Output: the larger sizes
 * Zadeh 1965, "Fuzzy sets", §II.
 */
export const minimum = defineLayer({
  type: 'minimum',
  family: 'merge',
  title: 'Minimum',
  summary: 'Takes the smallest of its inputs, number by number.',
  keywords: ['min', 'smallest', 'and', 'fuzzy'],
  reference: 'Zadeh 1965, Fuzzy sets, §II',
  params: {},
  inputs: elementwise.operands,
  shape: (inputs) => elementwise.elementwiseShape(inputs, 'and', 'compared'),
  lower: () => [{ className: 'Minimum', config: {} }],
  reads: { Minimum: () => ok({}) },
  formula: (inputs, [output = []]) =>
    elementwise.elementwiseFormula(inputs, output, 'and', (names) => `min(${names.join(', ')})`),
  macs: null,
  torch: (_p, { inputs }) =>
    elementwise.elementwiseTorch(inputs, (names) => names.reduce((least, name) => `torch.minimum(${least}, ${name})`)),
  keras: (_p, { inputs }) => elementwise.mergeKeras(inputs, 'layers.Minimum()'),
  cases: [...elementwise.elementwiseCases, elementwise.threefoldCase],
});
