import { channels, elements } from '@/core/shape';
import type { Split } from '@/datasets/define';
import type { Recipe } from '@/recipe/recipe';

/** What turns stored inputs into those that the network sees: (x − shift) × factor, per element of an example. */
export interface InputTransform {
  readonly shift: Float64Array;
  readonly factor: Float64Array;
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
  const factor = new Float64Array(size).fill(kind === 'unit' ? scale : 1);
  if (kind !== 'standardised' || rows.length === 0) return { shift, factor };

  const groups = shape.length > 1 ? channels(shape) : size;
  const { mean, deviation } = moments(split, rows, size, groups);
  for (let e = 0; e < size; e += 1) {
    shift[e] = mean[e % groups]!;
    factor[e] = 1 / deviation[e % groups]!;
  }
  return { shift, factor };
}

/** Two passes: exact enough for features far from zero. Elements e with equal e mod groups belong together. */
function moments(split: Split, rows: Uint32Array, size: number, groups: number) {
  const mean = new Float64Array(groups);
  const deviation = new Float64Array(groups);
  const lowest = new Float64Array(groups).fill(Infinity);
  const highest = new Float64Array(groups).fill(-Infinity);
  const each = (visit: (value: number, group: number) => void): void => {
    for (const row of rows) {
      for (let e = 0; e < size; e += 1) visit(split.inputs[row * size + e]!, e % groups);
    }
  };
  each((value, group) => {
    mean[group]! += value;
    if (value < lowest[group]!) lowest[group] = value;
    if (value > highest[group]!) highest[group] = value;
  });
  const perGroup = (rows.length * size) / groups;
  for (let g = 0; g < groups; g += 1) mean[g]! /= perGroup;
  each((value, group) => (deviation[group]! += (value - mean[group]!) ** 2));
  for (let g = 0; g < groups; g += 1) {
    const constant = lowest[g] === highest[g];
    if (constant) mean[g] = lowest[g]!;
    deviation[g] = constant ? 1 : Math.sqrt(deviation[g]! / perGroup);
  }
  return { mean, deviation };
}
