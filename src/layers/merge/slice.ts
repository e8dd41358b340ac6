import { int } from '@/core/params';
import { problem } from '@/core/problem';
import { formatShape } from '@/core/shape';
import { defineLayer, refused, shaped } from '../define';
import { axisAt, axisName, axisParam, axisProblem, torchDim, torchLayout } from '../shared/axes';

const FAR = 1_000_000;

interface Range {
  readonly begin: number;
  readonly end: number;
}

/** Positions from 0 on: those from `from` up to but without `to`. */
const rangeOf = (size: number, p: Range): readonly [from: number, to: number] => [
  p.begin < 0 ? size + p.begin : p.begin,
  p.end <= 0 ? size + p.end : p.end,
];

/** `1:-1`, `-3:`, as Python writes it. */
const written = (p: Range) => `${p.begin === 0 ? '' : p.begin}:${p.end === 0 ? '' : p.end}`;

/**
 * A stretch of its input along one axis, from `begin` up to but without `end`; negative numbers count from the back,
 * and an end of 0 is the very end. The axis stays, be it of size 1.
 * Input:  [batch, …, n, …]     Output: [batch, …, end − begin, …]
 * Harris et al. 2020, "Array programming with NumPy".
 */
export const slice = defineLayer({
  type: 'slice',
  family: 'merge',
  title: 'Slice',
  summary: 'Keeps a stretch of its input along an axis, such as the last step of a sequence.',
  keywords: ['narrow', 'select', 'cut', 'last step', 'index'],
  reference: 'Harris et al. 2020, Array programming with NumPy',
  params: {
    axis: axisParam('Along axis'),
    begin: int({ label: 'Begin', hint: '0 is the first; −1 the last.', min: -FAR, max: FAR, default: 0 }),
    end: int({
      label: 'End',
      hint: 'Not included; −1 leaves out the last, 0 nothing.',
      min: -FAR,
      max: FAR,
      default: 0,
    }),
  },
  shape: ([input = []], p) => {
    const noAxis = axisProblem(input, p.axis);
    if (noAxis) return refused(noAxis);
    const at = axisAt(input, p.axis) ?? 1;
    const size = input[at] ?? 1;
    const [from, to] = rangeOf(size, p);
    if (from >= 0 && to <= size && from < to) return shaped(input.with(at, to - from));
    const name = axisName(input, at);
    const which = `${name} of ${formatShape(input)}`;
    const outside = from < 0 || from >= size ? p.begin : to > size || to < 0 ? p.end : null;
    const why =
      outside === null
        ? `From ${from} up to but without ${to} there is nothing left`
        : `${outside} lies outside`;
    const within = [
      { title: `begin 0 → ${Math.min(to, size)}`, params: { begin: 0 }, range: { ...p, begin: 0 } },
      { title: `end 0 → ${size - from}`, params: { end: 0 }, range: { ...p, end: 0 } },
      { title: `all ${size}`, params: { begin: 0, end: 0 }, range: { begin: 0, end: 0 } },
    ].filter(({ range }) => {
      const [a, b] = rangeOf(size, range);
      return a >= 0 && b <= size && a < b;
    });
    const positions = `positions along the ${which} are 0 to ${size - 1}, or −${size} to −1 from the back`;
    return refused(
      problem('slice.range', `${why}: ${positions}.`, {
        expected: `0 ≤ begin < end ≤ ${size}`,
        got: `${from} and ${to}`,
        params: ['begin', 'end'],
        fixes: within.slice(0, 2).map(({ title, params }) => ({ title, params })),
      }),
    );
  },
  forward: (tf, [x], _weights, p) => {
    const at = axisAt(x.shape, p.axis) ?? 1;
    const [from, to] = rangeOf(x.shape[at] ?? 1, p);
    const begin = x.shape.map((_, axis) => (axis === at ? from : 0));
    return tf.slice(x, begin, x.shape.with(at, to - from));
  },
  formula: ([input = []], [output = []], p) => {
    const at = axisAt(input, p.axis) ?? 1;
    const size = input[at] ?? 1;
    const fromBack = (n: number) => [{ text: `${size}`, input: true as const }, n < 0 ? ` − ${-n}` : ''];
    const [from, to] = rangeOf(size, p);
    return [
      {
        title: `Output size, ${axisName(input, at)}`,
        lines: [
          ...(p.begin < 0 ? [['begin = ', ...fromBack(p.begin), ` = ${from}`]] : []),
          ...(p.end <= 0 ? [['end = ', ...fromBack(p.end), p.end < 0 ? ` = ${to}` : '']] : []),
          [
            'end − begin = ',
            { text: `${to}`, param: 'end' },
            ' − ',
            { text: `${from}`, param: 'begin' },
            ' = ',
            { text: `${output[at] ?? 1}`, result: true },
          ],
        ],
      },
    ];
  },
  field: ([input = []], _outputs, p) => {
    const at = axisAt(input, p.axis) ?? 1;
    const [from] = rangeOf(input[at] ?? 1, p);
    return input.slice(1, -1).map((_, i) => ({ reach: 1, stride: 1, before: i + 1 === at && from > 0 ? -from : 0 }));
  },
  macs: null,
  torch: (p, { inputs: [input = []] }) => {
    const dim = torchDim(input, axisAt(input, p.axis) ?? 1);
    return {
      module: null,
      call: `x[${[...Array.from({ length: dim }, () => ':'), written(p)].join(', ')}]`,
      layout: torchLayout(input),
      weights: {},
    };
  },
  keras: (p, { inputs: [input = []] }) => {
    const at = axisAt(input, p.axis) ?? 1;
    return { call: `x[${[...Array.from({ length: at }, () => ':'), written(p)].join(', ')}]` };
  },
  telling: (p) => `${written(p)}${p.axis === -1 ? '' : ` along axis ${p.axis}`}`,
  cases: [
    // The last step of a sequence.
    { params: { axis: 1, begin: -1 }, in: [[null, 6, 4]], out: [[null, 1, 4]], weights: 0 },
    { params: { begin: 2, end: 5 }, in: [[null, 8]], out: [[null, 3]], weights: 0 },
    { params: { axis: 2, begin: 1, end: -2 }, in: [[null, 3, 7, 2]], out: [[null, 3, 4, 2]], weights: 0 },
    { params: { begin: -2, end: -1 }, in: [[null, 2, 3, 2, 4]], out: [[null, 2, 3, 2, 1]], weights: 0 },
    { params: { axis: 1 }, in: [[null, 3, 2]], out: [[null, 3, 2]], weights: 0 },
  ],
});
