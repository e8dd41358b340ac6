import { axes, padding, type AnyParams, type Padding } from '@/core/params';
import { err, ok, type Result } from '@/core/result';
import { channels, onEachAxis, type Rank, type Shape } from '@/core/shape';
import { refused, shaped, type Inference, type StockLayer } from '../define';
import { rankProblem } from './rank';
import { readAxes, readPadding, refuseUnless } from './stock';
import { slideWindow } from './sliding';
import { MOST_WINDOW, type Window, type WindowParams } from './windows';

/** What max and average pooling share: all but what they make of the numbers in a window. */
export const poolParams = (rank: Rank) => ({
  pool: axes({ label: 'Window', rank, min: 1, max: MOST_WINDOW, default: onEachAxis(rank, 2) }),
  stride: axes({ label: 'Stride', rank, min: 1, max: MOST_WINDOW, default: onEachAxis(rank, 2) }),
  padding: padding({ label: 'Padding', rank, default: 'valid', numeric: false }),
});

interface PoolParams {
  readonly pool: readonly number[];
  readonly stride: readonly number[];
  readonly padding: Padding;
}

export const poolNames: WindowParams = {
  kernel: 'pool',
  stride: 'stride',
  padding: 'padding',
  dilation: null,
  numericPadding: false,
};

export const poolWindow = (p: PoolParams): Window => ({
  kernel: p.pool,
  stride: p.stride,
  dilation: onEachAxis(p.pool.length, 1),
  padding: p.padding,
});

/**
 * Input: [batch, …, channels]  Output: [batch, …', channels], with as many axes between as the window has.
 * @param form the layer's title without its number: `Max pool` for Max pool 2D.
 */
export function poolShape(input: Shape, p: PoolParams, form: string): Inference {
  const wrongRank = rankProblem(input, [p.pool.length + 1], form);
  if (wrongRank) return refused(wrongRank);
  const { sizes, problems } = slideWindow(input, poolWindow(p), poolNames);
  return sizes ? shaped([null, ...sizes, channels(input)], problems) : refused(...problems);
}

export const stockPool = (className: string, p: PoolParams): StockLayer => ({
  className,
  config: { poolSize: p.pool, strides: p.stride, padding: p.padding, dataFormat: 'channelsLast' },
});

/** A stock pooling layer's config as parameters; without strides, windows stand side by side. */
export function readPool(config: AnyParams, rank: Rank): Result<PoolParams> {
  const refusal = refuseUnless(config, { dataFormat: ['channelsLast', 'channels_last'] });
  if (refusal) return err(refusal);
  const pool = readAxes(config.poolSize, onEachAxis(rank, 2));
  const stride = pool && readAxes(config.strides, pool);
  const padding = readPadding(config.padding);
  if (!pool || !stride || !padding) return err('its window, strides or padding can’t be read');
  return ok({ pool, stride, padding });
}
