import { padding, pair, type AnyParams, type Padding, type Pair } from '@/core/params';
import { err, ok, type Result } from '@/core/result';
import { channels, type Shape } from '@/core/shape';
import { refused, shaped, type Inference, type StockLayer } from '../define';
import { rankProblem } from './rank';
import { readPadding, readPair, refuseUnless } from './stock';
import { slideWindow } from './sliding';
import { MOST_WINDOW, type Window, type WindowParams } from './windows';

/** What max and average pooling share: all but what they make of the numbers in a window. */
export const poolParams = {
  pool: pair({ label: 'Window', min: 1, max: MOST_WINDOW, default: [2, 2] }),
  stride: pair({ label: 'Stride', min: 1, max: MOST_WINDOW, default: [2, 2] }),
  padding: padding({ label: 'Padding', default: 'valid', numeric: false }),
};

interface PoolParams {
  readonly pool: Pair;
  readonly stride: Pair;
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
  dilation: [1, 1],
  padding: p.padding,
});

/** Input: [batch, height, width, channels]  Output: [batch, height', width', channels] */
export function poolShape(input: Shape, p: PoolParams): Inference {
  const wrongRank = rankProblem(input, [3]);
  if (wrongRank) return refused(wrongRank);
  const { sizes, problems } = slideWindow(input, poolWindow(p), poolNames);
  return sizes ? shaped([null, ...sizes, channels(input)], problems) : refused(...problems);
}

export const stockPool = (className: string, p: PoolParams): StockLayer => ({
  className,
  config: { poolSize: p.pool, strides: p.stride, padding: p.padding, dataFormat: 'channelsLast' },
});

/** A stock pooling layer's config as parameters; without strides, windows stand side by side. */
export function readPool(config: AnyParams): Result<PoolParams> {
  const refusal = refuseUnless(config, { dataFormat: ['channelsLast', 'channels_last'] });
  if (refusal) return err(refusal);
  const pool = readPair(config.poolSize, [2, 2]);
  const stride = pool && readPair(config.strides, pool);
  const padding = readPadding(config.padding);
  if (!pool || !stride || !padding) return err('its window, strides or padding can’t be read');
  return ok({ pool, stride, padding });
}
