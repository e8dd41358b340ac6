import { choice, int, sizes } from '@/core/params';
import { problem } from '@/core/problem';
import { formatShape, type Shape } from '@/core/shape';
import { defineLayer, refused, shapedAll } from '../define';
import { axisAt, axisName, axisParam, axisProblem, torchDim, torchLayout } from '../shared/axes';

const MOST_PARTS = 64;

interface Parts {
  readonly by: string;
  readonly parts: number;
  readonly sizes: readonly number[];
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);

/** Sizes along the axis, part by part; fractions where it does not fall into equal parts. */
const sizesOf = (size: number, p: Parts): readonly number[] =>
  p.by === 'equal' ? Array.from({ length: p.parts }, () => size / p.parts) : p.sizes;

/** Sizes nearest to those wanted that do fill the axis: the last one takes the rest, or gives way. */
function filling(size: number, wanted: readonly number[]): readonly number[] {
  const kept: number[] = [];
  for (const n of wanted) if (sum(kept) + n <= size) kept.push(n);
  const rest = size - sum(kept);
  return rest === 0 ? kept : [...kept.slice(0, -1), (kept.at(-1) ?? 0) + rest];
}

/**
 * Its input in pieces along an axis, one at each output: equal ones, or of given sizes.
 * Input:  [batch, …, n, …]     Output: [batch, …, nᵢ, …] for each part, Σ nᵢ = n
 * Ma, Zhang, Zheng & Sun 2018, "ShuffleNet V2", fig. 3c.
 */
export const split = defineLayer({
  type: 'split',
  family: 'merge',
  title: 'Split',
  summary: 'Cuts its input into parts along an axis, each at an output of its own.',
  keywords: ['chunk', 'unstack', 'divide', 'branch', 'several outputs'],
  reference: 'Ma, Zhang, Zheng & Sun 2018, ShuffleNet V2, fig. 3c',
  params: {
    axis: axisParam('Along axis'),
    by: choice({
      label: 'Into',
      default: 'equal',
      options: [
        { value: 'equal', label: 'Equal parts' },
        { value: 'sizes', label: 'Given sizes' },
      ],
    }),
    parts: int({ label: 'Parts', hint: 'Where they are equal.', min: 2, max: MOST_PARTS, default: 2 }),
    sizes: sizes({ label: 'Sizes', hint: 'Where they are given.', default: [1, 1], maxRank: 8, entry: 'part' }),
  },
  outputs: (p) => sizesOf(1, p).map((_, i) => `part ${i + 1}`),
  shape: ([input = []], p) => {
    const noAxis = axisProblem(input, p.axis);
    if (noAxis) return refused(noAxis);
    const at = axisAt(input, p.axis) ?? 1;
    const size = input[at] ?? 1;
    const parts = sizesOf(size, p);
    const name = axisName(input, at);
    if (sum(parts) === size && parts.every(Number.isInteger)) {
      return shapedAll(parts.map((part): Shape => input.with(at, part)));
    }
    if (p.by === 'equal') {
      const divisors = Array.from({ length: MOST_PARTS - 1 }, (_, i) => i + 2).filter((n) => size % n === 0);
      const nearest = divisors.toSorted((a, b) => Math.abs(a - p.parts) - Math.abs(b - p.parts)).slice(0, 3);
      const message =
        `The ${name} of ${formatShape(input)} can’t be cut into ${p.parts} equal parts: ` +
        `${size}/${p.parts} = ${Number((size / p.parts).toFixed(3))}.`;
      return refused(
        problem('split.divide', message, {
          expected: `a divisor of ${size}`,
          got: `${p.parts}`,
          params: ['parts'],
          fixes: nearest.map((n) => ({ title: `${n} parts of ${size / n}`, params: { parts: n } })),
        }),
      );
    }
    const better = filling(size, parts);
    const there = `along the ${name} of ${formatShape(input)} there are ${size}`;
    return refused(
      problem('split.sizes', `${parts.join(' + ')} = ${sum(parts)}, but ${there}.`, {
        expected: `${size}`,
        got: `${sum(parts)}`,
        params: ['sizes'],
        fixes: [{ title: `sizes ${better.join(' + ')}`, params: { sizes: better } }],
      }),
    );
  },
  forward: (tf, [x], _weights, p) => {
    const at = axisAt(x.shape, p.axis) ?? 1;
    const parts = sizesOf(x.shape[at] ?? 1, p);
    // tfjs has no gradient of a split into one part.
    return parts.length === 1 ? x : tf.split(x, [...parts], at);
  },
  formula: ([input = []], outputs, p) => {
    const at = axisAt(input, p.axis) ?? 1;
    const parts = outputs.map((output) => output[at] ?? 1);
    return [
      {
        title: `Output size, ${axisName(input, at)}`,
        lines:
          p.by === 'equal'
            ? [
                [
                  { text: `${input[at] ?? 1}`, input: true },
                  '/',
                  { text: `${p.parts}`, param: 'parts' },
                  ' = ',
                  { text: `${parts[0] ?? 1}`, result: true },
                ],
              ]
            : [[{ text: parts.join(' + '), param: 'sizes' }, ' = ', { text: `${input[at] ?? 1}`, input: true }]],
      },
    ];
  },
  macs: null,
  torch: (p, { inputs: [input = []] }) => {
    const at = axisAt(input, p.axis) ?? 1;
    const dim = torchDim(input, at);
    const chunks = `torch.chunk(x, ${p.parts}, dim=${dim})`;
    const pieces = `torch.split(x, [${p.sizes.join(', ')}], dim=${dim})`;
    return { module: null, call: p.by === 'equal' ? chunks : pieces, layout: torchLayout(input), weights: {} };
  },
  keras: (p) => {
    // Keras takes where to cut, not how long the pieces are.
    const cuts = p.sizes.slice(0, -1).map((_, i) => sum(p.sizes.slice(0, i + 1)));
    return { call: `ops.split(x, ${p.by === 'equal' ? p.parts : `[${cuts.join(', ')}]`}, axis=${p.axis})` };
  },
  telling: (p) => `${p.by === 'equal' ? p.parts : p.sizes.join(' + ')}${p.axis === -1 ? '' : ` along axis ${p.axis}`}`,
  cases: [
    // ShuffleNet V2 splits its channels in halves.
    {
      in: [[null, 4, 5, 6]],
      out: [
        [null, 4, 5, 3],
        [null, 4, 5, 3],
      ],
      weights: 0,
    },
    {
      params: { axis: 1, parts: 3 },
      in: [[null, 6, 2]],
      out: [
        [null, 2, 2],
        [null, 2, 2],
        [null, 2, 2],
      ],
      weights: 0,
    },
    {
      params: { by: 'sizes', sizes: [1, 4, 2] },
      in: [[null, 7]],
      out: [
        [null, 1],
        [null, 4],
        [null, 2],
      ],
      weights: 0,
    },
    { params: { by: 'sizes', sizes: [4] }, in: [[null, 4]], out: [[null, 4]], weights: 0 },
    {
      params: { axis: 2, by: 'sizes', sizes: [3, 2] },
      in: [[null, 4, 5, 2]],
      out: [
        [null, 4, 3, 2],
        [null, 4, 2, 2],
      ],
      weights: 0,
    },
  ],
});
