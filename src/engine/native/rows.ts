import { withRelu } from './activation';
import { type Builder, type NativeUnit, sizeOf, type Value } from './builder';
import { shifted } from './product';
import type { Word } from './tape';

/** Floats of a part of the rows that have sums of their own. */
const PART = 32_768;
/** Its rows: fewer would make many sums, more would cost the sums their last digits. */
const LEAST_ROWS = 32;
const MOST_ROWS = 1024;

/** Rows that are normalised each by itself; γ and β begin anew after `period` of them. */
interface Rows {
  readonly size: number;
  readonly period: number;
  readonly epsilon: number;
}

/** y = γ(x − μ)/√(σ² + ε) + β, μ and σ² of each row, together with a ReLU that alone follows it. */
export function normalisedRows(given: NativeUnit, build: Builder, x: Value, { size, period, epsilon }: Rows): Value {
  const { unit, relu } = withRelu(given, build);
  const { gamma, beta } = unit.weights;
  const rows = sizeOf(x.shape) / size;
  const learned = [beta, gamma];
  const learns = learned.some((weight) => weight?.gradient);
  const readsInput = build.training && (learns || x.slope.needed);
  const kept = build.passing(3 * rows);
  const words: readonly Word[] = [
    x.place, gamma?.place ?? 0, beta?.place ?? 0, kept, rows, size, period, Number(relu),
  ];
  const y = (readsInput ? null : build.inPlace(unit)) ?? build.value(unit, x.shape);
  build.emit('norm_rows', ...words, y.place, { float: epsilon });
  if (readsInput) build.readsBack(x);

  build.onBackward(() => {
    const dy = build.gradientOf(y);
    if (!dy) return;
    if (learns) {
      const count = period * size;
      const cycles = rows / period;
      const wanted = Math.max(Math.ceil((rows * size) / PART), Math.ceil(cycles / MOST_ROWS));
      const parts = Math.max(1, Math.min(wanted, Math.floor(cycles / LEAST_ROWS)));
      const sums = build.passing(parts * 2 * count);
      build.emit('norm_rows_sums', ...words, dy, sums, parts);
      learned.forEach((weight, i) => {
        if (weight?.gradient) build.emit('sum_parts', shifted(sums, i * count), weight.gradient, count, parts, 2 * count);
      });
    }
    if (!x.slope.needed) return;
    const there = build.gradientOf(x);
    build.emit('norm_rows_gradient', ...words, dy, there ?? dy, Number(there !== null));
    if (!there) build.giveGradient(x, dy);
  });
  return y;
}
