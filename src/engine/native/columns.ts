import { withRelu } from './activation';
import { type Builder, type BoundWeight, type NativeUnit, sizeOf, type Value } from './builder';
import type { Place } from './region';
import type { Word } from './tape';

/** Numbers that are normalised by groups of channels, apart in each set: see `Columns` in kernels/normalisation.h. */
interface Columns {
  readonly sets: number;
  readonly rows: number;
  readonly width: number;
  readonly tail: number;
  /** Sums over a set are taken in so many, whatever the number of threads, so that the numbers are the same. */
  readonly parts: number;
  readonly channels: number;
  readonly group: number;
}

/** Floats of a part. */
const PART = 32_768;
/** A part has as many rows at least, so that its sums take up little beside the numbers. */
const LEAST_ROWS = 32;

/** How often channels stand in a row so that it is whole vectors, two at a time. */
const repeats = (channels: number): number => (channels % 8 === 0 ? 1 : 2 * repeats(2 * channels));

function columnsOf(floats: number, sets: number, channels: number, group: number): Columns {
  const size = floats / sets;
  const width = repeats(channels) * channels;
  const rows = Math.floor(size / width);
  const parts = Math.max(1, Math.min(Math.ceil(size / PART), Math.floor(rows / LEAST_ROWS)));
  return { sets, rows, width, tail: size - rows * width, parts, channels, group };
}

/** A normalisation: what counts together, and by which statistics. */
export interface Normalisation {
  readonly sets: number;
  /** Channels that are normalised together. */
  readonly group: number;
  readonly epsilon: number;
  readonly running?: {
    readonly mean: BoundWeight;
    readonly variance: BoundWeight;
    /** Whether they are used in place of the batch's. */
    readonly used: boolean;
    /** Share that is kept when they move. */
    readonly momentum: number;
  };
}

/** y = γ(x − μ)/√(σ² + ε) + β, together with a ReLU that alone follows it. */
export function normalised(given: NativeUnit, build: Builder, x: Value, how: Normalisation): Value {
  const { unit, relu } = withRelu(given, build);
  const { gamma, beta } = unit.weights;
  const { running } = how;
  const channels = x.shape.at(-1) ?? 1;
  const columns = columnsOf(sizeOf(x.shape), how.sets, channels, how.group);
  const { sets, parts, width } = columns;
  const words: readonly Word[] = [sets, columns.rows, width, columns.tail, parts, channels, how.group];
  const own = !running?.used;
  const learns = Boolean(gamma?.gradient ?? beta?.gradient);

  let moments: Place | null = null;
  if (own) {
    moments = build.passing(sets * parts * 3 * width);
    build.emit('column_moments', ...words, x.place, moments);
  }
  const line = build.passing(sets * 3 * width);
  const kept = build.passing((sets * 2 * channels) / how.group);
  const moves = running && own;
  build.emit(
    'norm_line', ...words, moments ?? 0, gamma?.place ?? 0, beta?.place ?? 0, running?.mean.place ?? 0,
    running?.variance.place ?? 0, moves ? build.moved(running.mean) : 0, moves ? build.moved(running.variance) : 0, line,
    kept, { float: how.epsilon }, { float: running?.momentum ?? 0 }, { float: 1 - (running?.momentum ?? 0) },
  );
  const y = (readsInput() ? null : build.inPlace(unit)) ?? build.value(unit, x.shape);
  build.emit('norm', ...words, x.place, line, y.place, Number(relu));
  if (readsInput()) build.readsBack(x);

  build.onBackward(() => {
    const dy = build.gradientOf(y);
    if (!dy) return;
    const back = own && x.slope.needed ? build.passing(sets * 2 * width) : null;
    if (back || learns) {
      const sums = build.passing(sets * parts * 2 * width);
      build.emit('norm_sums', ...words, x.place, line, dy, sums, Number(relu));
      build.emit(
        'norm_back', ...words, sums, gamma?.place ?? 0, kept, gamma?.gradient ?? 0, beta?.gradient ?? 0, back ?? 0,
      );
    }
    if (!x.slope.needed) return;
    const there = build.gradientOf(x);
    build.emit('norm_gradient', ...words, x.place, line, back ?? 0, dy, there ?? dy, Number(there !== null), Number(relu));
    if (!there) build.giveGradient(x, dy);
  });
  return y;

  function readsInput(): boolean {
    return build.training && (learns || (x.slope.needed && (own || relu)));
  }
}
