import type { Builder } from './builder';
import { at, type Place } from './region';
import { type Windows, windowWords } from './windows';

/** Where the results of windows stand, in floats. */
export interface Grid {
  readonly at: Place;
  readonly image: number;
  readonly row: number;
  readonly column: number;
}

/** B of a product, rows by taps: B[tap·depth + d][n] = from[taps[tap] + d·depthStride + n·columnStride]. */
export interface Matrix {
  readonly from: Place;
  readonly taps: readonly number[];
  readonly depth: number;
  readonly depthStride: number;
  readonly columns: number;
  readonly columnStride: number;
}

const panelsOf = (columns: number) => Math.ceil(columns / 8);

/** Packs a matrix for `tiles`; done once a step for all that read it. */
export function pack(build: Builder, m: Matrix): Place {
  const packed = build.passing(m.taps.length * m.depth * panelsOf(m.columns) * 8);
  build.emit('pack', m.from, packed, { ints: m.taps }, m.taps.length, m.depth, m.depthStride, m.columns, m.columnStride);
  return packed;
}

/** What is done with the results: `add` to what is there, and `relu` last. */
export interface Ending {
  readonly bias?: Place | null;
  readonly add?: boolean;
  readonly relu?: boolean;
}

/** Chunks of a product so that many threads have enough to do: panels together where there are few rows. */
function panelsTogether(windows: Windows, block: number, columns: number): number {
  const panels = panelsOf(columns);
  const blocks = windows.images * Math.ceil(windows.rows / block);
  return blocks >= 32 ? panels : Math.max(1, Math.ceil((panels * blocks) / 32));
}

/** to[window] = windows · packed (+ bias) (+ to). */
export function tiles(build: Builder, windows: Windows, packed: Place, columns: number, to: Grid, ending: Ending = {}): void {
  const { words, scratch } = windowWords(windows);
  build.needScratch(scratch);
  const block = Number(words[12]);
  const { bias = null, add = false, relu = false } = ending;
  build.emit(
    'tiles', ...words, packed, columns, bias ?? 0, to.at, to.image, to.row, to.column, Number(add), Number(relu),
    panelsTogether(windows, block, columns),
  );
}

/** Up to so many weights, groups of images have sums of their own; above, threads share the weights out. */
const MOST_SUMMED = 65_536;
/** Fixed, whatever the number of threads, so that the numbers are the same. */
const PARTS = 8;

/** to[depth][columns] = windowsᵀ · from, summed over all windows; rows of `to` are `stride` floats apart. */
export function outer(build: Builder, windows: Windows, from: Grid, columns: number, to: Place, stride: number): void {
  const { words, scratch, depth } = windowWords(windows);
  build.needScratch(scratch);
  const floats = depth * stride;
  // A group's columns stand between those of others, which the sum of the parts would overwrite.
  const parts = floats <= MOST_SUMMED && columns === stride ? Math.min(PARTS, windows.images) : 1;
  const apart = parts > 1;
  const sums = apart ? build.passing(parts * floats) : to;
  const splits = apart ? 1 : Math.min(16, Math.max(1, Math.floor(floats / 512)));
  build.emit('outer', ...words, from.at, from.image, from.row, from.column, columns, sums, stride, parts, floats, splits);
  if (apart) build.emit('sum_parts', sums, to, floats, parts, floats);
}

/** Parts of a sum over rows, fixed as above. */
const ROW_PARTS = 16;

/** to[n] = Σ rows from[row][n]. */
export function columnSums(build: Builder, from: Place, rows: number, columns: number, to: Place): void {
  const parts = rows * columns < 8192 ? 1 : Math.min(ROW_PARTS, rows);
  const sums = parts > 1 ? build.passing(parts * columns) : to;
  build.emit('column_sums', from, sums, rows, columns, parts);
  if (parts > 1) build.emit('sum_parts', sums, to, columns, parts, columns);
}

export const shifted = ({ region, offset }: Place, by: number): Place => at(region, offset + by);
