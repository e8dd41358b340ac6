import { channels, elements } from '@/core/shape';
import type { Split } from '@/datasets/define';
import type { Recipe } from '@/recipe/recipe';

/** What turns stored inputs into those that the network sees: (x − shift) × factor, per element of an example. */
export interface InputTransform {
  readonly shift: Float64Array;
  readonly factor: Float64Array;
  /** The one factor of all elements, where nothing is shifted: spares the two look-ups. */
  readonly uniform: number | null;
}

/**
 * The transform that the recipe names. `standardised` measures mean and standard deviation (divisor n) on the rows
 * given, which are the training part: per feature for rank 1, per channel otherwise. A constant feature keeps its unit,
 * so that it becomes 0 and not a division by rounding noise.
 * @param shape of one example, channels last.
 */
export function inputTransform(
  kind: Recipe['inputs'],
  split: Split,
  rows: Uint32Array,
  shape: readonly number[],
  scale: number,
): InputTransform {
  const size = elements([null, ...shape]);
  const shift = new Float64Array(size);
  const uniform = kind === 'unit' ? scale : 1;
  const factor = new Float64Array(size).fill(uniform);
  if (kind !== 'standardised' || rows.length === 0) return { shift, factor, uniform };

  const groups = shape.length > 1 ? channels(shape) : size;
  const { mean, deviation } = moments(split, rows, size, groups);
  for (let e = 0; e < size; e += 1) {
    shift[e] = mean[e % groups]!;
    factor[e] = 1 / deviation[e % groups]!;
  }
  return { shift, factor, uniform: null };
}

/** Two passes: exact enough for features far from zero. Elements e with equal e mod groups belong together. */
function moments(split: Split, rows: Uint32Array, size: number, groups: number) {
  const { inputs } = split;
  const sum = new Float64Array(size);
  const lowest = new Float64Array(groups).fill(Infinity);
  const highest = new Float64Array(groups).fill(-Infinity);
  for (const row of rows) {
    for (let e = 0, at = row * size, g = 0; e < size; e += 1, at += 1) {
      const value = inputs[at]!;
      sum[e]! += value;
      if (value < lowest[g]!) lowest[g] = value;
      if (value > highest[g]!) highest[g] = value;
      g = g + 1 === groups ? 0 : g + 1;
    }
  }
  const perGroup = (rows.length * size) / groups;
  const mean = folded(sum, groups).map((total) => total / perGroup);

  const square = new Float64Array(size);
  for (const row of rows) {
    for (let e = 0, at = row * size, g = 0; e < size; e += 1, at += 1) {
      const distance = inputs[at]! - mean[g]!;
      square[e]! += distance * distance;
      g = g + 1 === groups ? 0 : g + 1;
    }
  }
  const deviation = folded(square, groups).map((total) => Math.sqrt(total / perGroup));
  for (let g = 0; g < groups; g += 1) {
    if (lowest[g] !== highest[g]) continue;
    mean[g] = lowest[g]!;
    deviation[g] = 1;
  }
  return { mean, deviation };
}

function folded(values: Float64Array, groups: number): Float64Array {
  const sums = new Float64Array(groups);
  values.forEach((value, e) => (sums[e % groups]! += value));
  return sums;
}

/** Writes one transformed example to `out` at `to`. */
export function transformInto(
  out: Float32Array,
  to: number,
  stored: Split['inputs'],
  from: number,
  { shift, factor, uniform }: InputTransform,
): void {
  const size = shift.length;
  if (uniform !== null) {
    for (let e = 0; e < size; e += 1) out[to + e] = stored[from + e]! * uniform;
    return;
  }
  for (let e = 0; e < size; e += 1) out[to + e] = (stored[from + e]! - shift[e]!) * factor[e]!;
}
