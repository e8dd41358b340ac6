import { choice, type Option } from '@/core/params';
import { problem } from '@/core/problem';
import { err, ok } from '@/core/result';
import { formatShape, type Shape } from '@/core/shape';
import { defineLayer, refused, shaped, type Term } from '../define';
import { difference, joined } from '../shared/merging';

const options = [
  { value: 'channels', label: 'Channels (last axis)' },
  { value: 'height', label: 'Height (first axis)' },
  { value: 'width', label: 'Width (second axis)' },
] as const satisfies readonly Option[];
type Axis = (typeof options)[number]['value'];

/** Stock axes: 3 is an image's channels; 1 and 2 count the axes of vectors and sequences too. */
const axisNames: ReadonlyMap<unknown, Axis> = new Map<unknown, Axis>([
  [-1, 'channels'],
  [null, 'channels'],
  [3, 'channels'],
  [1, 'height'],
  [2, 'width'],
]);

/** The axis's number, batch counted as 0. */
const axisOf = (axis: Axis, input: Shape): number =>
  axis === 'channels' ? input.length - 1 : axis === 'height' ? 1 : 2;

const fits = (inputs: readonly Shape[], axis: Axis): boolean => {
  const [first = []] = inputs;
  const at = axisOf(axis, first);
  return at >= 1 && at < first.length && difference(inputs, at) === null;
};

/** The output along each axis that fits, as a button says it. */
function along(inputs: readonly Shape[], axis: Axis): Shape {
  const [first = []] = inputs;
  const at = axisOf(axis, first);
  return first.map((size, i) => (i === at ? inputs.reduce((sum, input) => sum + (input[i] ?? 1), 0) : size));
}

/**
 * Its inputs one after the other along an axis.
 * Input:  two or more of [batch, …], alike off the axis     Output: the axis's sizes summed
 * Szegedy et al. 2015, "Going deeper with convolutions", §4.
 */
export const concatenate = defineLayer({
  type: 'concatenate',
  family: 'merge',
  title: 'Concatenate',
  summary: 'Puts inputs one after the other, by channels unless told otherwise.',
  keywords: ['concat', 'join', 'stack', 'merge', 'inception', 'dense block'],
  shortcut: 'k',
  reference: 'Szegedy et al. 2015, Going deeper with convolutions, §4',
  params: { axis: choice({ label: 'Along', default: 'channels', options }) },
  inputs: { kind: 'variadic', name: 'input', min: 2 },
  shape: (inputs, p) => {
    if (fits(inputs, p.axis)) return shaped(along(inputs, p.axis));
    const [first = []] = inputs;
    const at = axisOf(p.axis, first);
    const lacking = at < 1 || at >= first.length;
    const why = lacking ? `there is no ${p.axis} in ${formatShape(first)}` : (difference(inputs, at) ?? '');
    return refused(
      problem('concat.axis', `${joined(inputs, '⧺')} along ${p.axis}: ${why}. All other sizes must be equal.`, {
        expected: `equal sizes but for the ${p.axis}`,
        got: inputs.map(formatShape).join(', '),
        params: ['axis'],
        fixes: options
          .filter(({ value }) => value !== p.axis && fits(inputs, value))
          .map(({ value }) => ({
            title: `along ${value} → ${formatShape(along(inputs, value))}`,
            params: { axis: value },
          })),
      }),
    );
  },
  lower: (p, { inputs: [first = []] }) => [
    { className: 'Concatenate', config: { axis: p.axis === 'channels' ? -1 : axisOf(p.axis, first) } },
  ],
  reads: {
    Concatenate: ({ axis = -1 }) => {
      const name = axisNames.get(axis);
      return name ? ok({ axis: name }) : err(`its axis ${JSON.stringify(axis)} can’t be drawn`);
    },
  },
  formula: (inputs, [output], p) => {
    const at = axisOf(p.axis, inputs[0] ?? []);
    const isImage = inputs[0]?.length === 4;
    return [
      {
        title: isImage ? `Output ${p.axis}` : 'Output size',
        lines: [
          [
            ...inputs.flatMap((input, i): Term[] => [
              ...(i > 0 ? [' + '] : []),
              { text: `${input[at] ?? 1}`, input: true },
            ]),
            ...(output ? [' = ', { text: `${output[at] ?? ''}`, result: true as const }] : []),
          ],
        ],
      },
    ];
  },
  telling: (p) => (p.axis === 'channels' ? '' : `along ${p.axis}`),
  macs: null,
  torch: () => ({ none: 'TODO' }),
  keras: () => ({ none: 'TODO' }),
  cases: [
    // GoogLeNet's cell 3a: 64 + 128 + 32 + 32.
    {
      in: [
        [null, 28, 28, 64],
        [null, 28, 28, 128],
        [null, 28, 28, 32],
        [null, 28, 28, 32],
      ],
      out: [[null, 28, 28, 256]],
      weights: 0,
    },
    {
      in: [
        [null, 3],
        [null, 4],
      ],
      out: [[null, 7]],
      weights: 0,
    },
    {
      params: { axis: 'height' },
      in: [
        [null, 2, 5, 3],
        [null, 4, 5, 3],
      ],
      out: [[null, 6, 5, 3]],
      weights: 0,
    },
    {
      params: { axis: 'width' },
      in: [
        [null, 2, 5, 3],
        [null, 2, 1, 3],
      ],
      out: [[null, 2, 6, 3]],
      weights: 0,
    },
    {
      params: { axis: 'height' },
      in: [
        [null, 3],
        [null, 4],
      ],
      out: [[null, 7]],
      weights: 0,
    },
  ],
});
