import type { Builder } from './builder';
import type { Place } from './region';
import type { Word } from './tape';

/** Outputs along a side of a tile, and the numbers of a filter or a tile on the way. */
const SIDE = 4;
const PLACES = 36;

/** A convolution by 3 × 3 filters at stride 1. */
export interface Winograd {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly top: number;
  readonly left: number;
  readonly rows: number;
  readonly columns: number;
  readonly filters: number;
}

/** Tiles that reach past the edge do work for nothing; below this share of use, plain products are as fast. */
const LEAST_USE = 0.4;

const across = (count: number) => Math.ceil(count / SIDE);
const tilesOf = ({ images, rows, columns }: Winograd) => images * across(rows) * across(columns);

export const suits = ({ channels, filters, rows, columns }: Winograd): boolean =>
  channels % 4 === 0 && filters % 4 === 0 && rows * columns >= LEAST_USE * SIDE ** 2 * across(rows) * across(columns);

/** Floats of a block of tiles, on both sides of the products: what the second cache holds beside the filters. */
const BLOCK = 65_536;

/** Tiles done together: whole sixes, as many as fit, and so few that several threads have something to do. */
function blockOf(w: Winograd): number {
  const fit = Math.floor(BLOCK / (PLACES * (w.channels + w.filters)) / 6) * 6;
  const shared = Math.ceil(tilesOf(w) / 16 / 6) * 6;
  return Math.max(6, Math.min(48, fit, shared));
}

const windowWords = (w: Winograd, from: Place, block: number): readonly Word[] => [
  from, w.images, w.height, w.width, w.channels, w.top, w.left, w.rows, w.columns, w.filters, block,
];

/** How a filter's numbers stand: kernel[tap·tap + input·input + output·output]. */
interface Strides {
  readonly tap: number;
  readonly input: number;
  readonly output: number;
  /** The taps in reverse order. */
  readonly turned: boolean;
}

interface Ending {
  readonly bias?: Place | null;
  readonly add?: boolean;
  readonly relu?: boolean;
}

/** to[images, rows, columns, filters] = windows · kernel (+ bias) (+ to). */
export function convolve(
  build: Builder,
  w: Winograd,
  from: Place,
  kernel: Place,
  strides: Strides,
  to: Place,
  { bias = null, add = false, relu = false }: Ending = {},
): void {
  const block = blockOf(w);
  const filters = build.passing(PLACES * w.channels * Math.ceil(w.filters / 8) * 8);
  build.needScratch(PLACES * block * (w.channels + w.filters));
  build.emit(
    'winograd_filters', kernel, filters, w.channels, w.filters, strides.tap, strides.input, strides.output,
    Number(strides.turned),
  );
  build.emit('winograd', ...windowWords(w, from, block), filters, bias ?? 0, to, Number(add), Number(relu));
}

/** Floats of all tiles that are held at once for the filters' gradient. */
const SPREAD = 1 << 21;

/** The kernel's gradient, [3][3][channels][filters], from that of the outputs. */
export function kernelGradient(build: Builder, w: Winograd, from: Place, gradient: Place, to: Place): void {
  const { channels, filters } = w;
  const all = tilesOf(w);
  const together = Math.min(all, Math.max(64, Math.floor(SPREAD / PLACES / (channels + filters))));
  const seen = build.passing(PLACES * together * channels);
  const pulled = build.passing(PLACES * together * filters);
  const sums = build.passing(PLACES * channels * filters);
  for (let first = 0; first < all; first += together) {
    const count = Math.min(together, all - first);
    build.emit('winograd_spread', ...windowWords(w, from, 1), gradient, seen, pulled, first, count);
    build.emit('winograd_products', seen, pulled, sums, count, channels, filters, Number(first > 0), 1);
  }
  build.emit('winograd_sum', sums, to, channels * filters);
}
