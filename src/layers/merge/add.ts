import { problem } from '@/core/problem';
import { ok } from '@/core/result';
import { formatShape } from '@/core/shape';
import { defineLayer, refused, shaped, type Term } from '../define';
import { difference, joined } from '../shared/merging';

/**
 * The sum of its inputs, number by number: y = x + F(x) where it closes a skip connection.
 * Input:  two or more of [batch, …], all alike     Output: same
 * He, Zhang, Ren & Sun 2016, "Deep residual learning for image recognition", eq. 1.
 */
export const add = defineLayer({
  type: 'add',
  family: 'merge',
  title: 'Add',
  summary: 'Sums inputs of one shape, number by number; closes a skip connection.',
  keywords: ['sum', 'plus', 'residual', 'skip', 'shortcut'],
  shortcut: 'a',
  reference: 'He, Zhang, Ren & Sun 2016, Deep residual learning for image recognition, eq. 1',
  params: {},
  inputs: { kind: 'variadic', name: 'input', min: 2 },
  shape: (inputs) => {
    const differing = difference(inputs);
    if (!differing) return shaped(inputs[0] ?? []);
    const ranks = new Set(inputs.map((input) => input.length));
    const hint =
      ranks.size === 1 && [...ranks][0] === 4
        ? ' A 1×1 convolution brings channels together, its stride height and width.'
        : '';
    return refused(
      problem('add.shapes', `${joined(inputs, '+')}: ${differing}. Only inputs of one shape can be added.${hint}`, {
        expected: formatShape(inputs[0] ?? []),
        got: inputs.map(formatShape).join(', '),
      }),
    );
  },
  lower: () => [{ className: 'Add', config: {} }],
  reads: { Add: () => ok({}) },
  formula: (inputs, [output]) => [
    {
      title: 'Shapes, all alike',
      lines: [
        [
          ...inputs.flatMap((input, i): Term[] => [
            ...(i > 0 ? [' + '] : []),
            { text: formatShape(input), input: true },
          ]),
          ...(output ? [' = ', { text: formatShape(output), result: true as const }] : []),
        ],
      ],
    },
  ],
  macs: null,
  torch: () => ({ none: 'TODO' }),
  keras: () => ({ none: 'TODO' }),
  cases: [
    // The end of a residual block.
    {
      in: [
        [null, 8, 8, 16],
        [null, 8, 8, 16],
      ],
      out: [[null, 8, 8, 16]],
      weights: 0,
    },
    {
      in: [
        [null, 5],
        [null, 5],
        [null, 5],
      ],
      out: [[null, 5]],
      weights: 0,
    },
  ],
});
