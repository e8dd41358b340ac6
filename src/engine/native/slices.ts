import type { Place } from './region';
import type { Word } from './tape';

/** Images that windows go down, as kernels hold them: see `Slices` in kernels/slices.h. */
export interface Slices {
  readonly from: Place;
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Rows and columns of zeros before the first; negative: so many are skipped. */
  readonly top: number;
  readonly left: number;
  /** Windows below each other. */
  readonly rows: number;
  readonly rowStep: number;
  /** Rows that a window sees, and pixels of a row that windows see. */
  readonly span: number;
  readonly pitch: number;
}

/** Floats that are held at once: they fit the second cache beside what they meet. */
const HELD = 32_768;
/** Channels of a slice, and slices that share a cache line. */
const SLICE = 4;
const NEAR = 4;
/** Chunks, at least, so that several threads have something to do; none has fewer rows than windows see twice. */
const CHUNKS = 32;

export interface SliceWords {
  readonly words: readonly Word[];
  /** Scratch floats that slices take. */
  readonly floats: number;
  /** Slices held at once. */
  readonly together: number;
}

/** @param unit slices that are held at the same time. */
export function sliceWords(s: Slices, unit = 1): SliceWords {
  const near = Math.ceil(NEAR / unit) * unit;
  const slice = (Math.ceil((s.span * s.pitch * SLICE) / 16) * 16) | 16;
  const all = Math.ceil(s.channels / SLICE);
  const fit = Math.max(1, Math.floor(HELD / slice / near)) * near;
  const together = Math.ceil(all / Math.ceil(all / fit) / near) * near;
  const groups = Math.ceil(all / together);
  const fewest = Math.ceil((2 * s.span) / s.rowStep);
  const block = Math.min(s.rows, Math.max(fewest, Math.ceil((s.rows * s.images * groups) / CHUNKS)));
  return {
    words: [
      s.from, s.images, s.height, s.width, s.channels, s.top, s.left, s.rows, s.rowStep, s.span, s.pitch, together, block,
    ],
    floats: together * slice,
    together,
  };
}
