import { expect, it } from 'vitest';
import type { Formula } from '@/layers/define';
import { formulaText, termColours } from './termColours';

/** LeNet-5's first layer: ⌊(28 + 2·2 − 1·(5 − 1) − 1)/1⌋ + 1 = 28, and 5·5·1·6 + 6 = 156. */
const size: Formula = {
  title: 'Output size, height and width',
  lines: [
    [
      '⌊(',
      { text: '28', input: true },
      ' + 2·',
      { text: '2', param: 'padding' },
      ' − ',
      { text: '1', param: 'dilation' },
      '·(',
      { text: '5', param: 'kernel' },
      ' − 1) − 1)/',
      { text: '1', param: 'stride' },
      '⌋ + 1',
    ],
    ['= ⌊27/1⌋ + 1 = ', { text: '28', result: true }],
  ],
};
const parameters: Formula = {
  title: 'Parameters',
  lines: [[{ text: '5', param: 'kernel' }, '·', { text: '6', param: 'filters' }, ' = ', { text: '156', result: true }]],
};

it('gives each parameter of a formula a colour of its own, the same wherever it appears', () => {
  const colours = termColours([size, parameters]);
  expect([...colours.keys()]).toEqual(['padding', 'dilation', 'kernel', 'stride', 'filters']);
  expect(new Set(colours.values()).size).toBe(5);
  expect(termColours([size]).get('kernel')).toBe(colours.get('kernel'));
  expect(colours.get('kernel')).toBe('var(--family-convolution)');
});

it('leaves results, inputs and plain text without one', () => {
  expect(
    termColours([{ title: '', lines: [['a', { text: '1', input: true }, { text: '2', result: true }]] }]).size,
  ).toBe(0);
});

it('reads the formula as one text', () => {
  expect(formulaText(size)).toBe('⌊(28 + 2·2 − 1·(5 − 1) − 1)/1⌋ + 1 = ⌊27/1⌋ + 1 = 28');
});
