import { type Place } from './region';
import type { Word } from './tape';

/** Windows over images, as the kernels take them: see `Windows` in kernels/arguments.h. Offsets in floats. */
export interface Windows {
  readonly from: Place;
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Rows and columns of zeros before the first; negative: so many are skipped. */
  readonly top: number;
  readonly left: number;
  readonly rows: number;
  readonly columns: number;
  readonly rowStep: number;
  readonly columnStep: number;
  /** Of each axis: where the taps lie, in pixels from the window's first. */
  readonly rowTaps: readonly number[];
  readonly columnTaps: readonly number[];
}

/** Floats of a strip that fit the second cache beside what they meet. */
const STRIP = 32_768;

export interface WindowWords {
  readonly words: readonly Word[];
  /** Scratch floats of a thread. */
  readonly scratch: number;
  /** Numbers in a window. */
  readonly depth: number;
}

const last = (values: readonly number[]): number => values.at(-1) ?? 0;

export function windowWords(w: Windows): WindowWords {
  const span = { rows: last(w.rowTaps) + 1, columns: last(w.columnTaps) + 1 };
  const seen = {
    rows: (w.rows - 1) * w.rowStep + span.rows,
    columns: (w.columns - 1) * w.columnStep + span.columns,
  };
  const inside = w.top <= 0 && w.left <= 0 && seen.rows - w.top <= w.height && seen.columns - w.left <= w.width;
  const pitch = (inside ? w.width : seen.columns) * w.channels;
  // Taps side by side are one run.
  const together = w.columnTaps.every((tap, i) => tap === i);
  const columns = together ? [0] : w.columnTaps;
  const run = (together ? w.columnTaps.length : 1) * w.channels;
  const offsets = w.rowTaps.flatMap((row) => columns.map((column) => row * pitch + column * w.channels));
  const block = Math.max(1, Math.min(w.rows, Math.floor((STRIP / pitch - span.rows) / w.rowStep) + 1));
  return {
    words: [
      w.from, w.images, w.height, w.width, w.channels, w.top, w.left, w.rows, w.columns, w.rowStep, w.columnStep,
      span.rows, block, seen.columns, inside ? 1 : 0, offsets.length, run, { ints: offsets },
    ],
    scratch: inside ? 0 : ((block - 1) * w.rowStep + span.rows) * pitch,
    depth: offsets.length * run,
  };
}
