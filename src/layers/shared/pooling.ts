import { axes, bool, padding, type AnyParams, type Padding } from '@/core/params';
import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import { channels, onEachAxis, type Rank, type Shape } from '@/core/shape';
import { refused, shaped, type Inference, type StockLayer } from '../define';
import { linesFrom } from './lines';
import { rankProblem } from './rank';
import { reachedOf } from './reached';
import { slideWindow } from './sliding';
import { readAxes, readPadding, refuseUnless } from './stock';
import { axisNames, axisWindows, MOST_WINDOW, type AxisWindow, type Window, type WindowParams } from './windows';

/** Of pooling and unpooling alike: what slides. */
export const windowParams = (rank: Rank) => ({
  pool: axes({ label: 'Window', rank, min: 1, max: MOST_WINDOW, default: onEachAxis(rank, 2) }),
  stride: axes({ label: 'Stride', rank, min: 1, max: MOST_WINDOW, default: onEachAxis(rank, 2) }),
  padding: padding({ label: 'Padding', rank, default: 'valid' }),
});

const roundingParam = bool({
  label: 'Round up',
  hint: 'A last window may reach past the end, so that nothing goes unseen.',
  default: false,
  advanced: true,
});

export const maxPoolParams = (rank: Rank) => ({
  ...windowParams(rank),
  ceil: roundingParam,
  dilation: axes({
    label: 'Dilation',
    rank,
    min: 1,
    max: MOST_WINDOW,
    default: onEachAxis(rank, 1),
    advanced: true,
  }),
});

export const averagePoolParams = (rank: Rank) => ({
  ...windowParams(rank),
  ceil: roundingParam,
  countPadding: bool({
    label: 'Count padding',
    hint: 'Means are over the zeros of the padding too, not only over the cells inside.',
    default: false,
    advanced: true,
  }),
});

/** What max and average pooling share: all but what they make of the numbers in a window. */
export interface PoolValues {
  readonly pool: readonly number[];
  readonly stride: readonly number[];
  readonly padding: Padding;
  readonly ceil: boolean;
  readonly dilation?: readonly number[];
}

export const poolWindow = (p: PoolValues): Window => ({
  kernel: p.pool,
  stride: p.stride,
  dilation: p.dilation ?? onEachAxis(p.pool.length, 1),
  padding: p.padding,
  ceil: p.ceil,
});

export const isDilated = (p: PoolValues): boolean => (p.dilation ?? []).some((by) => by > 1);

/** The window's parameters by name; a dilation of 1, which nearly all pools have, is left out of formulas. */
export const poolNames = (p: PoolValues): WindowParams => ({
  kernel: 'pool',
  stride: 'stride',
  padding: 'padding',
  dilation: isDilated(p) ? 'dilation' : null,
  numericPadding: true,
  halfPadding: true,
  ceil: 'ceil',
});

/**
 * Input: [batch, …, channels]  Output: [batch, …', channels], with as many axes between as the window has.
 * @param form the layer's title without its number: `Max pool` for Max pool 2D.
 */
export function poolShape(input: Shape, p: PoolValues, form: string): Inference {
  const wrongRank = rankProblem(input, [p.pool.length + 1], form);
  if (wrongRank) return refused(wrongRank);
  const { sizes, problems } = slideWindow(input, poolWindow(p), poolNames(p));
  if (!sizes) return refused(...problems);
  const unseeing = unseeingProblem(input, p);
  return unseeing ? refused(unseeing, ...problems) : shaped([null, ...sizes, channels(input)], problems);
}

/** Whether some window that begins in the padding has no cell inside; one that begins inside has its first there. */
function seesNothing({ size, kernel, stride, dilation, before, out }: AxisWindow): boolean {
  const beginBeside = Math.min(out, Math.ceil(before / stride));
  return linesFrom(beginBeside, (window) => window * stride - before).some((start) => {
    const first = Math.ceil(-start / dilation);
    return first >= kernel || start + first * dilation >= size;
  });
}

/** Refuses dilated windows whose cells all stand beside the input, where it is narrower than they are apart. */
function unseeingProblem(input: Shape, p: PoolValues): Problem | null {
  if (!isDilated(p)) return null;
  const found = axisWindows(input, poolWindow(p));
  const at = found.findIndex(seesNothing);
  const axis = found[at];
  if (!axis) return null;
  const dilation = onEachAxis(p.pool.length, 1);
  return problem(
    'pool.unseeing',
    `Along the ${axisNames(p.pool.length, [at])} some windows see nothing but padding: their ${axis.kernel} cells ` +
      `stand ${axis.dilation} apart, and the input has ${axis.size}.`,
    {
      expected: `a dilation of at most ${axis.size}`,
      got: `${axis.dilation}`,
      params: ['dilation', 'padding'],
      fixes: [{ title: 'dilation 1', params: { dilation } }],
    },
  );
}

/**
 * The padding, by name, under which the same windows lie on an input; `null` where stock layers have none, or reckon
 * it wrong: in three dimensions `same` becomes negative where windows leave lines over.
 */
export function namedPadding(input: Shape, p: PoolValues): 'valid' | 'same' | null {
  if (isDilated(p)) return null;
  const places = (window: Window) =>
    axisWindows(input, window).map((axis) => ({ out: axis.out, ...reachedOf(axis) }));
  const wanted = JSON.stringify(places(poolWindow(p)));
  const names = p.padding === 'same' ? (['same', 'valid'] as const) : (['valid', 'same'] as const);
  const found = names.find((name) => {
    const found = places({ ...poolWindow(p), padding: name, ceil: false });
    return JSON.stringify(found) === wanted && (name === 'valid' || found.every(({ leftOver }) => leftOver === 0));
  });
  return found ?? null;
}

export const stockPool = (
  className: string,
  { pool, stride }: Pick<PoolValues, 'pool' | 'stride'>,
  padding: 'valid' | 'same',
): StockLayer => ({
  className,
  config: { poolSize: pool, strides: stride, padding, dataFormat: 'channelsLast' },
});

/** A stock pooling layer's config as parameters; without strides, windows stand side by side. */
export function readPool(
  config: AnyParams,
  rank: Rank,
): Result<Pick<PoolValues, 'pool' | 'stride' | 'padding'>> {
  const refusal = refuseUnless(config, { dataFormat: ['channelsLast', 'channels_last'] });
  if (refusal) return err(refusal);
  const pool = readAxes(config.poolSize, onEachAxis(rank, 2));
  const stride = pool && readAxes(config.strides, pool);
  const padding = readPadding(config.padding);
  if (!pool || !stride || !padding) return err('its window, strides or padding can’t be read');
  return ok({ pool, stride, padding });
}
