import { ok } from '@/core/result';
import { defineLayer } from '../define';
import * as elementwise from '../shared/elementwise';

/**
 * The largest of its inputs, number by number. Two that are equal share the gradient.
 * Input:  two or more of [batch, …], sizes equal or 1     Output: the larger sizes
 * Goodfellow et al. 2013, "Maxout networks", §3.
 */
export const maximum = defineLayer({
  type: 'maximum',
  family: 'merge',
  title: 'Maximum',
  summary: 'Takes the largest of its inputs, number by number; two linear paths and this are a maxout unit.',
  keywords: ['max', 'maxout', 'largest'],
  reference: 'Goodfellow et al. 2013, Maxout networks, §3',
  params: {},
  inputs: elementwise.operands,
  shape: (inputs) => elementwise.elementwiseShape(inputs, 'and', 'compared'),
  lower: () => [{ className: 'Maximum', config: {} }],
  reads: { Maximum: () => ok({}) },
  formula: (inputs, [output = []]) =>
    elementwise.elementwiseFormula(inputs, output, 'and', (names) => `max(${names.join(', ')})`),
  macs: null,
  torch: (_p, { inputs }) =>
    elementwise.elementwiseTorch(inputs, (names) => names.reduce((most, name) => `torch.maximum(${most}, ${name})`)),
  keras: (_p, { inputs }) => elementwise.mergeKeras(inputs, 'layers.Maximum()'),
  cases: [...elementwise.elementwiseCases, elementwise.threefoldCase],
});
