import { int, type AnyParams, type Pair } from '@/core/params';
import { channels, type Rank, type Shape } from '@/core/shape';
import type { FieldStep, Formula, Term, Tf } from '../define';
import { axisName } from './axes';

type Tensor = ReturnType<Tf['tensor']>;

const side = (label: string) => int({ label, min: 0, max: 65536, default: 1 });

/** Numbers of lines on both sides of each axis, as parameters. */
export const sideParams = {
  1: { before: side('Before'), after: side('After') },
  2: { top: side('Top'), bottom: side('Bottom'), left: side('Left'), right: side('Right') },
  3: {
    front: side('Front'),
    back: side('Back'),
    top: side('Top'),
    bottom: side('Bottom'),
    left: side('Left'),
    right: side('Right'),
  },
} as const;

const names: Readonly<Record<Rank, readonly (readonly [before: string, after: string])[]>> = {
  1: [['before', 'after']],
  2: [
    ['top', 'bottom'],
    ['left', 'right'],
  ],
  3: [
    ['front', 'back'],
    ['top', 'bottom'],
    ['left', 'right'],
  ],
};

/** Those parameters as a pair per axis. */
export const sidesOf = (rank: Rank, params: AnyParams): readonly Pair[] =>
  names[rank].map(([before, after]): Pair => [Number(params[before] ?? 0), Number(params[after] ?? 0)]);

/** A pair per axis as those parameters. */
export const sideValues = <R extends Rank>(rank: R, sides: readonly Pair[]) =>
  Object.fromEntries(
    names[rank].flatMap(([before, after], axis) => [
      [before, sides[axis]?.[0] ?? 0],
      [after, sides[axis]?.[1] ?? 0],
    ]),
  ) as Readonly<Record<keyof (typeof sideParams)[R] & string, number>>;

/** The shape with so many lines more, or fewer, on each side. */
export const withSides = (input: Shape, sides: readonly Pair[], sign: 1 | -1): Shape => [
  null,
  ...sides.map(([before, after], axis) => (input[axis + 1] ?? 1) + sign * (before + after)),
  channels(input),
];

/** `1 + 28 + 1 = 30`, or `28 − 2 − 1 = 25`, an axis each. */
export function sidesFormula(input: Shape, output: Shape, sides: readonly Pair[], sign: '+' | '−'): readonly Formula[] {
  return sides.map(([before, after], axis) => {
    const [beforeName = '', afterName = ''] = names[sides.length as Rank][axis] ?? [];
    const size: Term = { text: `${input[axis + 1] ?? 1}`, input: true };
    const [first, last]: readonly Term[] = [
      { text: `${before}`, param: beforeName },
      { text: `${after}`, param: afterName },
    ];
    const sum: readonly Term[] =
      sign === '+' ? [first!, ' + ', size, ' + ', last!] : [size, ' − ', first!, ' − ', last!];
    return {
      title: `Output size, ${axisName(input, axis + 1)}`,
      lines: [[...sum, ' = ', { text: `${output[axis + 1] ?? 1}`, result: true }]],
    };
  });
}

/** `1`, or `0/1 and 2/3`. */
export const sidesTelling = (sides: readonly Pair[]): string =>
  new Set(sides.flat()).size === 1 ? `${sides[0]?.[0] ?? 0}` : sides.map((pair) => pair.join('/')).join(' and ');

/** Each output looks at one place, so many lines before its own. */
export const sidesField = (sides: readonly Pair[], sign: 1 | -1): readonly FieldStep[] =>
  sides.map(([before]) => ({ reach: 1, stride: 1, before: before === 0 ? 0 : sign * before }));

/**
 * Runs `work` on a tensor seen with at most four axes, which every backend pads and slices: the last spatial axis and
 * the channels are one there, so that a line of it is as many numbers as there are channels.
 * x: [batch, …, channels]
 */
export function inFour(
  tf: Tf,
  x: Tensor,
  sides: readonly Pair[],
  sign: 1 | -1,
  work: (seen: Tensor, lines: readonly Pair[]) => Tensor,
): Tensor {
  const depth = x.shape.at(-1) ?? 1;
  const width = x.shape.at(-2) ?? 1;
  const seen = tf.reshape(x, [...x.shape.slice(0, -2), width * depth]);
  const [before, after] = sides.at(-1) ?? [0, 0];
  const lines: readonly Pair[] = [[0, 0], ...sides.slice(0, -1), [before * depth, after * depth]];
  const [batch = 1] = x.shape;
  return tf.reshape(work(seen, lines), [batch, ...withSides(x.shape, sides, sign).slice(1).map((size) => size ?? 1)]);
}

/** Numbers for `F.pad`, which begins with the last axis: `(left, right, top, bottom)`. */
export const torchPads = (sides: readonly Pair[]): readonly number[] => sides.toReversed().flat();

/** Numbers as Keras layers take them: one for all, one per axis, or a pair per axis; one axis has them bare. */
export function kerasSides(sides: readonly Pair[]): unknown {
  const even = sides.every(([before, after]) => before === after);
  const each = sides.map(([before]) => before);
  if (even && new Set(each).size === 1) return each[0] ?? 0;
  if (sides.length === 1) return sides[0];
  return even ? each : sides;
}
