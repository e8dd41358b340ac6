import type { ExplicitPadding, Padding, Pair } from './convolution';
import { NO_PADDING, size4, spellOut } from './convolution';
import type { Tf } from './tf';

/** Attributes of two-dimensional pooling. */
export interface PoolAttrs {
  filterSize: number | Pair;
  strides: number | Pair;
  pad: Padding;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** One axis of pooling. A negative `after` counts elements that no window reaches. */
export interface PoolAxis {
  readonly size: number;
  readonly window: number;
  readonly stride: number;
  readonly before: number;
  readonly after: number;
  readonly out: number;
}

export interface Pooling {
  readonly rows: PoolAxis;
  readonly columns: PoolAxis;
}

/** x: [batch, h, w, c] */
export function poolingOf(tf: Tf, shape: readonly number[], attrs: PoolAttrs): Pooling {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const info = tf.backend_util.computePool2DInfo(size4(shape), filterSize, strides, 1, spellOut(pad), dimRoundingMode);
  return {
    rows: poolAxis(info.inHeight, info.filterHeight, info.strideHeight, info.padInfo.top, info.outHeight),
    columns: poolAxis(info.inWidth, info.filterWidth, info.strideWidth, info.padInfo.left, info.outWidth),
  };
}

export function poolAxis(size: number, window: number, stride: number, before: number, out: number): PoolAxis {
  return { size, window, stride, before, after: (out - 1) * stride + window - size - before, out };
}

/** The same pooling by numbers per side, whatever rounding and padding it was said in. */
export function spelledOut({ rows, columns }: Pooling): {
  filterSize: Pair;
  strides: Pair;
  pad: ExplicitPadding;
} {
  const sides = (a: PoolAxis): Pair => [a.before, Math.max(0, a.after)];
  return {
    filterSize: [rows.window, columns.window],
    strides: [rows.stride, columns.stride],
    pad: [NO_PADDING, sides(rows), sides(columns), NO_PADDING],
  };
}
