import type { Bound } from './activation';
import type { Phase } from './convolution';
import type { Grid } from './product';
import type { Place } from './region';
import { type Slices, sliceWords } from './slices';
import type { Word } from './tape';
import type { Windows } from './windows';

/** Parts of a sum over images, fixed whatever the number of threads. */
export const PARTS = 8;

const last = (values: readonly number[]): number => Math.max(-1, ...values) + 1;

/** What kernels over slices are given of phases, and what they need. */
export interface PhaseWords {
  readonly words: readonly Word[];
  /** Scratch floats beside the weights. */
  readonly scratch: number;
  /** Slices held at once. */
  readonly together: number;
  /** Of all phases. */
  readonly taps: number;
}

/**
 * Phases over the same rows, from the first that any of them sees: see `Phase` in kernels/slices.h.
 * @param tapStride floats from one tap's weights to the next.
 * @param unit slices that are held at the same time.
 */
export function phaseWords(phases: readonly Phase[], x: Place, tapStride: number, unit = 1): PhaseWords {
  const each = phases.map(({ windows }) => windows);
  const { images = 1, height = 1, width = 1, channels = 1, rowStep = 1, columnStep = 1 } = each[0] ?? {};
  const top = Math.max(...each.map((w) => w.top));
  const left = Math.max(...each.map((w) => w.left));
  const slices: Slices = {
    from: x, images, height, width, channels, top, left, rowStep,
    rows: Math.max(...each.map(({ rows }) => rows)),
    span: Math.max(1, ...each.map((w) => last(w.rowTaps) - w.top + top)),
    pitch: Math.max(1, ...each.map((w) => (w.columns - 1) * columnStep + last(w.columnTaps) - w.left + left)),
  };
  const { words, floats, together } = sliceWords(slices, unit);
  const numbers = phases.flatMap(({ windows, taps, to }) => [
    windows.rows, windows.columns, to.first, windows.rowTaps.length, windows.columnTaps.length,
    ...windows.rowTaps.map((tap) => tap - windows.top + top),
    ...windows.columnTaps.map((tap) => tap - windows.left + left),
    ...taps.map((tap) => tap * tapStride),
  ]);
  return {
    words: [...words, columnStep, phases.length, { ints: numbers }],
    scratch: floats + 2 * unit * Math.max(...phases.map(({ taps }) => taps.length)),
    together,
    taps: phases.reduce((sum, { taps }) => sum + taps.length, 0),
  };
}

/** What is done with the sums: `add` to what is there, and a bound last. */
export interface Ending {
  readonly bias?: Place | null;
  readonly add?: boolean;
  readonly bound?: Bound | null;
}

export const endingWords = (to: Grid, { bias = null, add = false, bound = null }: Ending): readonly Word[] => [
  bias ?? 0, to.at, to.image, to.row, to.column, Number(add), { float: bound ? 0 : -Infinity },
  { float: bound === 'relu6' ? 6 : Infinity },
];

/** What kernels that sum over windows are given of them. */
export function tapWords({ columns, rowTaps, columnTaps, columnStep, ...windows }: Windows, unit = 1) {
  const slices: Slices = { ...windows, span: last(rowTaps), pitch: (columns - 1) * columnStep + last(columnTaps) };
  const { words, floats } = sliceWords(slices, unit);
  const taps = rowTaps.length * columnTaps.length;
  return {
    words: [
      ...words, columns, columnStep, rowTaps.length, columnTaps.length, { ints: [...rowTaps, ...columnTaps] },
    ] as readonly Word[],
    scratch: floats + 2 * taps,
    taps,
  };
}
