import type { AnyParams, Pair } from '@/core/params';
import { problem } from '@/core/problem';
import { formatShape, type Rank, type Shape } from '@/core/shape';
import { refused, shaped, type Given, type Tf } from '../define';
import { pythonCall } from '../emit';
import { axisName } from './axes';
import { rankProblem } from './rank';
import * as lines from './sides';
import { readSideParams } from './zeroPadding';

/** `1:-1` where a line goes on each side, `:` where none does. */
const written = ([before, after]: Pair) => `${before === 0 ? '' : before}:${after === 0 ? '' : -after}`;

/** The cropping of sides of so many axes, but for a title and how it is computed. */
export const cropping = <R extends Rank>(rank: R) => ({
  family: 'shape' as const,
  keywords: ['crop', 'cut', 'trim', 'border'],
  reference: 'Ronneberger, Fischer & Brox 2015, U-Net, fig. 1',
  shape: ([input = []]: readonly Shape[], p: AnyParams) => {
    const wrongRank = rankProblem(input, [rank + 1], 'Cropping');
    if (wrongRank) return refused(wrongRank);
    const sides = lines.sidesOf(rank, p);
    const sizes = sides.map((_, axis) => input[axis + 1] ?? 1);
    const gone = sides.flatMap(([before, after], axis) => (before + after >= (sizes[axis] ?? 1) ? [axis] : []));
    if (gone.length === 0) return shaped(lines.withSides(input, sides, -1));
    const told = gone.map((axis) => {
      const [before, after] = sides[axis] ?? [0, 0];
      return `of the ${axisName(input, axis + 1)} ${sizes[axis]}, ${before} + ${after} = ${before + after} would go`;
    });
    // As much as can go with one line left, from the end first.
    const kept = sides.map(([before, after], axis): Pair => {
      const most = (sizes[axis] ?? 1) - 1;
      const first = Math.min(before, most);
      return [first, Math.min(after, most - first)];
    });
    return refused(
      problem('crop.nothing', `Nothing of ${formatShape(input)} would be left: ${told.join(', ')}.`, {
        expected: 'at least one line left on each axis',
        got: lines.sidesTelling(sides),
        params: Object.keys(lines.sideParams[rank]),
        fixes: [
          { title: `crop ${lines.sidesTelling(kept)}`, params: lines.sideValues(rank, kept) },
          { title: 'crop nothing', params: lines.sideValues(rank, []) },
        ],
      }),
    );
  },
  reads: {
    [`Cropping${rank}D`]: (config: AnyParams) => readSideParams(rank, config, 'cropping'),
  },
  formula: ([input = []]: readonly Shape[], [output = []]: readonly Shape[], p: AnyParams) =>
    lines.sidesFormula(input, output, lines.sidesOf(rank, p), '−'),
  field: (_inputs: readonly Shape[], _outputs: readonly Shape[], p: AnyParams) =>
    lines.sidesField(lines.sidesOf(rank, p), -1),
  telling: (p: AnyParams) => lines.sidesTelling(lines.sidesOf(rank, p)),
  macs: null,
  torch: (p: AnyParams) => ({
    module: null,
    call: `x[..., ${lines.sidesOf(rank, p).map(written).join(', ')}]`,
    layout: 'first' as const,
    weights: {},
  }),
  keras: (p: AnyParams) => ({
    call: `${pythonCall(`layers.Cropping${rank}D`, [lines.kerasSides(lines.sidesOf(rank, p))])}(x)`,
  }),
});

/** The computation of those that tfjs lacks. */
export const crop =
  (rank: Rank) =>
  (tf: Tf, [x]: Given, _weights: object, p: AnyParams) =>
    lines.inFour(tf, x, lines.sidesOf(rank, p), -1, (seen, cuts) =>
      tf.slice(
        seen,
        cuts.map(([before]) => before),
        seen.shape.map((size, axis) => size - (cuts[axis]?.[0] ?? 0) - (cuts[axis]?.[1] ?? 0)),
      ),
    );
