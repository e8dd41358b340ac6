import { choice, type AnyParams, type Pair } from '@/core/params';
import { problem } from '@/core/problem';
import { formatShape, type Rank, type Shape } from '@/core/shape';
import { refused, shaped, type Given, type Tf } from '../define';
import { python, pythonCall, sizeArgument } from '../emit';
import { around, axisName } from './axes';
import { rankProblem } from './rank';
import * as lines from './sides';

type Tensor = ReturnType<Tf['tensor']>;

/** What stands beyond the border of 1 2 3: 2 1 2 …, 1 1 2 …, or 3 1 2 …. */
export const borderParam = choice({
  label: 'Beyond the border',
  default: 'reflect',
  options: [
    { value: 'reflect', label: 'Mirrored: 3 2 | 1 2 3' },
    { value: 'replicate', label: 'The edge again: 1 1 | 1 2 3' },
    { value: 'circular', label: 'The other end: 2 3 | 1 2 3' },
  ],
});
type Mode = (typeof borderParam)['default'];

/** The most lines that a side can take from an axis of so many. */
const mostOf = (mode: Mode, size: number): number =>
  mode === 'reflect' ? size - 1 : mode === 'circular' ? size : Infinity;

const why: Readonly<Record<Mode, string>> = {
  reflect: 'Reflection mirrors at the edge itself, so that a side may have at most size − 1 lines',
  circular: 'A side can take at most all lines of the other end',
  replicate: 'The edge can be repeated as often as wanted',
};

const modeOf = (p: AnyParams): Mode => p.mode as Mode;

/** One axis with what stands beyond it. x: [outer, n, inner] → [outer, before + n + after, inner] */
function extended(tf: Tf, x: Tensor, [before, after]: Pair, mode: Mode): Tensor {
  const size = x.shape[1] ?? 1;
  const cut = (from: number, count: number) => tf.slice(x, [0, from, 0], [-1, count, -1]);
  const part = (count: number, mirrored: number, edge: number, opposite: number): readonly Tensor[] => {
    if (count === 0) return [];
    if (mode === 'reflect') return [tf.reverse(cut(mirrored, count), 1)];
    return [mode === 'circular' ? cut(opposite, count) : tf.tile(cut(edge, 1), [1, count, 1])];
  };
  return tf.concat([...part(before, 1, 0, size - before), x, ...part(after, size - 1 - after, size - 1, 0)], 1);
}

/** Padding with the input's own numbers, on sides of so many axes, but for a title. */
export const borderPadding = (rank: Rank) => ({
  family: 'shape' as const,
  keywords: ['mirror', 'pad', 'replicate', 'replication', 'edge', 'circular', 'wrap', 'border'],
  reference: 'Johnson, Alahi & Fei-Fei 2016, Perceptual losses for real-time style transfer, supplement',
  shape: ([input = []]: readonly Shape[], p: AnyParams) => {
    const wrongRank = rankProblem(input, [rank + 1], 'Reflection padding');
    if (wrongRank) return refused(wrongRank);
    const sides = lines.sidesOf(rank, p);
    const mode = modeOf(p);
    const fitting = sides.map(([before, after], axis): Pair => {
      const most = mostOf(mode, input[axis + 1] ?? 1);
      return [Math.min(before, most), Math.min(after, most)];
    });
    const wrong = sides.flatMap((pair, axis) =>
      Math.max(...pair) > Math.max(...(fitting[axis] ?? [0])) ? [axis] : [],
    );
    if (wrong.length === 0) return shaped(lines.withSides(input, sides, 1));
    const told = wrong.map((axis) => {
      const size = input[axis + 1] ?? 1;
      const most = mode === 'reflect' ? `${size} − 1 = ${size - 1}` : `${size}`;
      return `${Math.max(...(sides[axis] ?? [0]))} of the ${axisName(input, axis + 1)} is more than ${most}`;
    });
    return refused(
      problem('border.size', `${why[mode]}: on ${formatShape(input)}, ${told.join(', ')}.`, {
        expected: `at most ${wrong.map((axis) => mostOf(mode, input[axis + 1] ?? 1)).join(', ')}`,
        got: lines.sidesTelling(sides),
        params: [...Object.keys(lines.sideParams[rank]), 'mode'],
        fixes: [
          { title: `pad ${lines.sidesTelling(fitting)}`, params: lines.sideValues(rank, fitting) },
          { title: 'the edge again', params: { mode: 'replicate' } },
        ],
      }),
    );
  },
  forward: (tf: Tf, [x]: Given, _weights: object, p: AnyParams) =>
    lines.sidesOf(rank, p).reduce<Tensor>((padded, sides, i) => {
      if (sides[0] + sides[1] === 0) return padded;
      const axis = i + 1;
      const size = padded.shape[axis] ?? 1;
      const row = extended(tf, tf.reshape(padded, around(padded.shape, axis)), sides, modeOf(p));
      return tf.reshape(row, padded.shape.with(axis, sides[0] + size + sides[1]));
    }, x),
  formula: ([input = []]: readonly Shape[], [output = []]: readonly Shape[], p: AnyParams) =>
    lines.sidesFormula(input, output, lines.sidesOf(rank, p), '+'),
  field: (_inputs: readonly Shape[], _outputs: readonly Shape[], p: AnyParams) =>
    lines.sidesField(lines.sidesOf(rank, p), 1),
  telling: (p: AnyParams) =>
    `${lines.sidesTelling(lines.sidesOf(rank, p))}${modeOf(p) === 'reflect' ? '' : ` · ${modeOf(p)}`}`,
  macs: null,
  torch: (p: AnyParams) => {
    const name = { reflect: 'Reflection', replicate: 'Replication', circular: 'Circular' }[modeOf(p)];
    const pads = sizeArgument(lines.torchPads(lines.sidesOf(rank, p)));
    return { module: pythonCall(`nn.${name}Pad${rank}d`, [pads]), call: 'm(x)', layout: 'first' as const, weights: {} };
  },
  keras: (p: AnyParams) => {
    if (modeOf(p) !== 'reflect') return { none: 'Keras pads with zeros or by reflection.' };
    return { call: `ops.pad(x, ${python([[0, 0], ...lines.sidesOf(rank, p), [0, 0]])}, mode="reflect")` };
  },
});
