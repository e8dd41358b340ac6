import { sizes } from '@/core/params';
import { problem } from '@/core/problem';
import { err, ok } from '@/core/result';
import { elements, formatShape, withoutBatch } from '@/core/shape';
import { defineLayer, refused, shaped, type Term } from '../define';
import { python } from '../emit';

const REST = -1;
const product = (numbers: readonly number[]) => numbers.reduce((all, n) => all * n, 1);
const known = (wanted: readonly number[]) => wanted.filter((size) => size !== REST);

/** The sizes with the rest put in; `null` where so many numbers do not fill them. */
function filled(count: number, wanted: readonly number[]): readonly number[] | null {
  const rest = count / product(known(wanted));
  if (!wanted.includes(REST)) return rest === 1 ? wanted : null;
  return Number.isInteger(rest) ? wanted.map((size) => (size === REST ? rest : size)) : null;
}

const written = (wanted: readonly number[]) => wanted.map((size) => (size === REST ? 'rest' : size)).join('×');

/** Sizes that do hold so many numbers: one of those wanted becomes the rest, or all of it is one row. */
function better(count: number, wanted: readonly number[]): readonly (readonly number[])[] {
  const candidates = wanted.map((_, at) => wanted.map((size, i) => (i === at ? REST : size === REST ? 1 : size)));
  return [...candidates, [REST]].filter((candidate) => filled(count, candidate) !== null).slice(0, 3);
}

/**
 * The same numbers in the same order under other sizes, channels changing fastest.
 * Input:  [batch, …]     Output: [batch, …sizes], of one product; a size of −1 is what is left over
 * Harris et al. 2020, "Array programming with NumPy".
 */
export const reshape = defineLayer({
  type: 'reshape',
  family: 'shape',
  title: 'Reshape',
  summary: 'Lays the same numbers out in other sizes; their order stays.',
  keywords: ['view', 'squeeze', 'unsqueeze', 'expand', 'unflatten'],
  reference: 'Harris et al. 2020, Array programming with NumPy',
  params: {
    shape: sizes({
      label: 'Shape',
      hint: 'Of one example; −1 is what is left over.',
      default: [REST],
      maxRank: 5,
      rest: true,
    }),
  },
  shape: ([input = []], p) => {
    const count = elements(input);
    const sized = filled(count, p.shape);
    if (sized) return shaped([null, ...sized]);
    const has = `${formatShape(input)} = ${count.toLocaleString('en')} numbers`;
    const wanted = product(known(p.shape));
    const message = p.shape.includes(REST)
      ? `${has} don’t fall into ${written(p.shape)}: ${count.toLocaleString('en')}/${wanted.toLocaleString('en')} = ` +
        `${Number((count / wanted).toPrecision(4))} is no whole number.`
      : `${has} can’t be laid out as ${written(p.shape)} = ${wanted.toLocaleString('en')}.`;
    return refused(
      problem('reshape.size', message, {
        expected: `${count}`,
        got: `${wanted}`,
        params: ['shape'],
        fixes: better(count, p.shape).map((fix) => ({
          title: `shape ${(filled(count, fix) ?? []).join('×')}`,
          params: { shape: fix },
        })),
      }),
    );
  },
  // With −1, tfjs does not know the size before it computes.
  lower: (_p, { outputs: [output = []] }) => [{ className: 'Reshape', config: { targetShape: withoutBatch(output) } }],
  reads: {
    Reshape: ({ targetShape }) => {
      const isList = Array.isArray(targetShape) && targetShape.length > 0;
      return isList
        ? ok({ shape: targetShape.map((size: unknown) => (size === null ? REST : size)) as number[] })
        : err(`its target shape ${JSON.stringify(targetShape)} can’t be read`);
    },
  },
  formula: ([input = []], [output = []], p) => {
    const at = p.shape.indexOf(REST);
    const others = known(p.shape);
    const sizesIn = withoutBatch(input).flatMap((size, axis): Term[] => [
      ...(axis > 0 ? ['·'] : []),
      { text: `${size}`, input: true },
    ]);
    return [
      {
        title: 'Numbers, in and out',
        lines: [
          [...sizesIn, ` = ${elements(input).toLocaleString('en')} = `, { text: formatShape(output), result: true }],
        ],
      },
      ...(at < 0
        ? []
        : [
            {
              title: 'What is left over',
              lines: [
                [
                  `${elements(input).toLocaleString('en')}/`,
                  { text: others.join('·') || '1', param: 'shape' },
                  ' = ',
                  { text: `${output[at + 1] ?? 1}`, result: true as const },
                ],
              ],
            },
          ]),
    ];
  },
  telling: (p) => written(p.shape),
  macs: null,
  torch: (p) => ({ module: null, call: `x.reshape(len(x), ${p.shape.join(', ')})`, layout: 'last', weights: {} }),
  keras: (p) => ({ call: `layers.Reshape(${python(p.shape)})(x)` }),
  cases: [
    // 7·7·64 = 3136, as a decoder begins.
    { params: { shape: [7, 7, 64] }, in: [[null, 3136]], out: [[null, 7, 7, 64]], weights: 0 },
    // Channel weights for the channels of an image.
    { params: { shape: [1, 1, -1] }, in: [[null, 16]], out: [[null, 1, 1, 16]], weights: 0 },
    // The pixels of an image as a sequence: 4·5 = 20.
    { params: { shape: [-1, 3] }, in: [[null, 4, 5, 3]], out: [[null, 20, 3]], weights: 0 },
    { params: { shape: [2, 3, 2, 2] }, in: [[null, 6, 4]], out: [[null, 2, 3, 2, 2]], weights: 0 },
    { in: [[null, 2, 3]], out: [[null, 6]], weights: 0 },
  ],
});
