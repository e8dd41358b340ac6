import type { AnyParams, Pair } from '@/core/params';
import { err, ok, type Result } from '@/core/result';
import type { Rank, Shape } from '@/core/shape';
import { refused, shaped, type Given, type Tf } from '../define';
import { pythonCall, sizeArgument } from '../emit';
import { rankProblem } from './rank';
import * as lines from './sides';
import { readSides, refuseUnless } from './stock';

/** A stock layer's sides, which Keras has for one to three axes, as parameters. */
export function readSideParams<R extends Rank>(rank: R, config: AnyParams, name: 'padding' | 'cropping') {
  type Read = Result<ReturnType<typeof lines.sideValues<R>>>;
  const refusal = refuseUnless(config, { dataFormat: ['channelsLast', 'channels_last'] });
  if (refusal) return err(refusal) as Read;
  const sides = readSides(config[name], rank);
  if (!sides) return err(`its ${name} ${JSON.stringify(config[name])} can’t be read`) as Read;
  return ok(lines.sideValues(rank, sides)) as Read;
}

/** `nn.ZeroPad2d(1)`, or with all numbers where they differ. */
const torchPad = (rank: Rank, sides: readonly Pair[]) =>
  pythonCall(`nn.ZeroPad${rank}d`, [sizeArgument(lines.torchPads(sides))]);

/** The zero padding of sides of so many axes, but for a title and how it is computed. */
export const zeroPadding = <R extends Rank>(rank: R) => ({
  family: 'shape' as const,
  keywords: ['pad', 'border', 'margin'],
  reference: 'Dumoulin & Visin 2016, A guide to convolution arithmetic for deep learning, §2.2',
  shape: ([input = []]: readonly Shape[], p: AnyParams) => {
    const wrongRank = rankProblem(input, [rank + 1], 'Zero padding');
    return wrongRank ? refused(wrongRank) : shaped(lines.withSides(input, lines.sidesOf(rank, p), 1));
  },
  reads: {
    [`ZeroPadding${rank}D`]: (config: AnyParams) => readSideParams(rank, config, 'padding'),
  },
  formula: ([input = []]: readonly Shape[], [output = []]: readonly Shape[], p: AnyParams) =>
    lines.sidesFormula(input, output, lines.sidesOf(rank, p), '+'),
  field: (_inputs: readonly Shape[], _outputs: readonly Shape[], p: AnyParams) =>
    lines.sidesField(lines.sidesOf(rank, p), 1),
  telling: (p: AnyParams) => lines.sidesTelling(lines.sidesOf(rank, p)),
  macs: null,
  torch: (p: AnyParams) => ({
    module: torchPad(rank, lines.sidesOf(rank, p)),
    call: 'm(x)',
    layout: 'first' as const,
    weights: {},
  }),
  keras: (p: AnyParams) => ({
    call: `${pythonCall(`layers.ZeroPadding${rank}D`, [lines.kerasSides(lines.sidesOf(rank, p))])}(x)`,
  }),
});

/** The computation of those that tfjs lacks. */
export const padWithZeros =
  (rank: Rank) =>
  (tf: Tf, [x]: Given, _weights: object, p: AnyParams) =>
    lines.inFour(tf, x, lines.sidesOf(rank, p), 1, (seen, pads) => tf.pad(seen, pads.map(([a, b]) => [a, b])));
