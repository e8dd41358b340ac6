import { bool } from '@/core/params';
import { problem } from '@/core/problem';
import { err, ok } from '@/core/result';
import { elements, formatShape, type Shape } from '@/core/shape';
import { defineLayer, refused, shaped } from '../define';
import { axisAt, axisName, axisParam, axisProblem } from '../shared/axes';
import { mergeKeras } from '../shared/elementwise';
import { rankProblem } from '../shared/rank';

interface Axes {
  readonly firstAxis: number;
  readonly secondAxis: number;
}

/** The axes multiplied away, batch counted as 0; both inputs have them where the shape rule was content. */
const axesOf = ([first = [], second = []]: readonly Shape[], p: Axes): readonly [number, number] => [
  axisAt(first, p.firstAxis) ?? 1,
  axisAt(second, p.secondAxis) ?? 1,
];

/** What is left of both; a single number keeps an axis of its own. */
function left([first = [], second = []]: readonly Shape[], [one, other]: readonly [number, number]): Shape {
  const sizes = [...first.filter((_, at) => at > 0 && at !== one), ...second.filter((_, at) => at > 0 && at !== other)];
  return [null, ...(sizes.length > 0 ? sizes : [1])];
}

/** `torch.einsum("bik,bjk->bij", x0, x1)`: k is the axis multiplied away. */
function einsum([first = [], second = []]: readonly Shape[], [one, other]: readonly [number, number]) {
  const letters = (shape: Shape, gone: number, free: string) =>
    shape.map((_, at) => (at === 0 ? 'b' : at === gone ? 'k' : free)).join('');
  const [a, b] = [letters(first, one, 'i'), letters(second, other, 'j')];
  return { equation: `${a},${b}->${`${a}${b.slice(1)}`.replaceAll('k', '')}`, isNumber: a.length + b.length === 4 };
}

/**
 * Products of two inputs summed along one axis of each, example by example: similarities of all pairs of vectors.
 * Each number is Σₖ aₖ·bₖ, or the cosine (Σₖ aₖ·bₖ)/(‖a‖·‖b‖).
 * Input:  [batch, n] or [batch, steps, n], twice, n at the axes given
 * Output: [batch, what is left of the first, what is left of the second], or [batch, 1]
 * Luong, Pham & Manning 2015, "Effective approaches to attention-based neural machine translation", eq. 8.
 */
export const dot = defineLayer({
  type: 'dot',
  family: 'merge',
  title: 'Dot',
  summary: 'Multiplies two inputs and sums along an axis, which tells how similar their vectors are.',
  keywords: ['dot product', 'inner product', 'matmul', 'cosine similarity', 'siamese', 'attention score'],
  reference: 'Luong, Pham & Manning 2015, Effective approaches to attention-based neural machine translation, eq. 8',
  params: {
    firstAxis: axisParam('Axis of the first'),
    secondAxis: axisParam('Axis of the second'),
    normalize: bool({ label: 'Cosine', hint: 'Brings the vectors to length 1 first.', default: false }),
  },
  inputs: { kind: 'fixed', names: ['first', 'second'] },
  shape: (inputs, p) => {
    const [first = [], second = []] = inputs;
    const wrongRank = rankProblem(first, [1, 2]) ?? rankProblem(second, [1, 2]);
    if (wrongRank) return refused(wrongRank);
    const noAxis = axisProblem(first, p.firstAxis, 'firstAxis') ?? axisProblem(second, p.secondAxis, 'secondAxis');
    if (noAxis) return refused(noAxis);
    const axes = axesOf(inputs, p);
    const [one, other] = axes;
    const [size, otherSize] = [first[one] ?? 1, second[other] ?? 1];
    if (size === otherSize) return shaped(left(inputs, axes));
    const pairs = first.flatMap((a, i) =>
      second.flatMap((b, j) => (i > 0 && j > 0 && a === b ? [[i, j] as const] : [])),
    );
    return refused(
      problem(
        'dot.sizes',
        `Along the ${axisName(first, one)} of ${formatShape(first)} there are ${size} numbers, along the ` +
          `${axisName(second, other)} of ${formatShape(second)} ${otherSize}: they can’t be multiplied in pairs.`,
        {
          expected: `${size}`,
          got: `${otherSize}`,
          params: ['firstAxis', 'secondAxis'],
          fixes: pairs.map(([i, j]) => ({
            title: `axes ${i} and ${j} → ${formatShape(left(inputs, [i, j]))}`,
            params: { firstAxis: i, secondAxis: j },
          })),
        },
      ),
    );
  },
  lower: (p, { inputs }) => [{ className: 'Dot', config: { axes: axesOf(inputs, p), normalize: p.normalize } }],
  reads: {
    Dot: ({ axes, normalize }) => {
      const [firstAxis, secondAxis] = Array.isArray(axes) ? (axes as unknown[]) : [axes, axes];
      if (typeof firstAxis !== 'number' || typeof secondAxis !== 'number') {
        return err(`its axes ${JSON.stringify(axes)} can’t be read`);
      }
      return ok({ firstAxis, secondAxis, normalize: normalize === true });
    },
  },
  macs: (inputs, [output = []], p) => elements(output) * (inputs[0]?.[axesOf(inputs, p)[0]] ?? 1),
  formula: (inputs, [output = []], p) => {
    const [first = [], second = []] = inputs;
    const [one, other] = axesOf(inputs, p);
    const sum = `Σₖ aₖ·bₖ, k = 1 … ${first[one] ?? 1}`;
    return [
      {
        title: p.normalize ? 'Each number, the cosine of an angle' : 'Each number',
        lines: [['y = ', ...(p.normalize ? [{ text: '1/(‖a‖·‖b‖)', param: 'normalize' }, '·'] : []), sum]],
      },
      {
        title: 'Shapes',
        lines: [
          [
            { text: formatShape(first), input: true },
            ' along ',
            { text: axisName(first, one), param: 'firstAxis' },
            ' · ',
            { text: formatShape(second), input: true },
            ' along ',
            { text: axisName(second, other), param: 'secondAxis' },
            ' = ',
            { text: formatShape(output), result: true },
          ],
        ],
      },
    ];
  },
  torch: (p, { inputs }) => {
    const axes = axesOf(inputs, p);
    const { equation, isNumber } = einsum(inputs, axes);
    const given = axes.map((dim, i) => (p.normalize ? `F.normalize(x${i}, dim=${dim})` : `x${i}`)).join(', ');
    const call = `torch.einsum("${equation}", ${given})`;
    return { module: null, call: isNumber ? `${call}.unsqueeze(1)` : call, layout: 'last', weights: {} };
  },
  keras: (p, { inputs }) => {
    const axes = axesOf(inputs, p).join(', ');
    return mergeKeras(inputs, `layers.Dot(axes=(${axes})${p.normalize ? ', normalize=True' : ''})`);
  },
  telling: (p) => (p.normalize ? 'cosine' : ''),
  cases: [
    {
      in: [
        [null, 8],
        [null, 8],
      ],
      out: [[null, 1]],
      weights: 0,
    },
    {
      params: { normalize: true },
      in: [
        [null, 8],
        [null, 8],
      ],
      out: [[null, 1]],
      weights: 0,
    },
    // Luong's scores: 3 queries on 5 keys of 4 features; then those weights on the keys.
    {
      in: [
        [null, 3, 4],
        [null, 5, 4],
      ],
      out: [[null, 3, 5]],
      weights: 0,
    },
    {
      params: { firstAxis: 2, secondAxis: 1 },
      in: [
        [null, 3, 5],
        [null, 5, 4],
      ],
      out: [[null, 3, 4]],
      weights: 0,
    },
    {
      params: { firstAxis: 1, secondAxis: 1, normalize: true },
      in: [
        [null, 6, 2],
        [null, 6, 3],
      ],
      out: [[null, 2, 3]],
      weights: 0,
    },
    // One query on all keys, and the other way round.
    {
      in: [
        [null, 4],
        [null, 5, 4],
      ],
      out: [[null, 5]],
      weights: 0,
    },
    {
      params: { firstAxis: 1 },
      in: [
        [null, 5, 4],
        [null, 5],
      ],
      out: [[null, 4]],
      weights: 0,
    },
  ],
});
