/** Series of a run, made small enough to draw at every update; a value that is missing or not finite is a gap. */
export type Values = readonly (number | null)[];

const finite = (value: number | null | undefined): value is number =>
  typeof value === 'number' && Number.isFinite(value);

/**
 * Exponential moving average whose weights halve every `halfLife` values, corrected for its start as Adam's
 * averages are
 * (Kingma & Ba 2015, §3), so that the first value stands as it is. Gaps keep the average.
 */
export function smooth(values: Values, halfLife: number): Float64Array {
  const keep = 2 ** (-1 / Math.max(halfLife, 1e-9));
  const averages = new Float64Array(values.length);
  let sum = 0;
  let weight = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i];
    if (finite(value)) {
      sum = keep * sum + (1 - keep) * value;
      weight = keep * weight + (1 - keep);
    }
    averages[i] = weight > 0 ? sum / weight : NaN;
  }
  return averages;
}

/**
 * Indices to draw of a long series: first, smallest, largest and last of each of `buckets` equal parts, in order,
 * so that no
 * spike is lost. All of them while there are few.
 */
export function decimate(values: Values, buckets: number): readonly number[] {
  const length = values.length;
  if (length <= 4 * buckets) return Array.from(values, (_, i) => i);
  const kept: number[] = [];
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const begin = Math.floor((bucket * length) / buckets);
    const end = Math.floor(((bucket + 1) * length) / buckets);
    let low = begin;
    let high = begin;
    for (let i = begin; i < end; i += 1) {
      const value = values[i];
      if (!finite(value)) continue;
      const lowest = values[low];
      const highest = values[high];
      if (!finite(lowest) || value < lowest) low = i;
      if (!finite(highest) || value > highest) high = i;
    }
    for (const i of [begin, Math.min(low, high), Math.max(low, high), end - 1]) {
      if (i > (kept.at(-1) ?? -1)) kept.push(i);
    }
  }
  return kept;
}

/** Values at steps, step counted from 1. */
export interface Points {
  readonly step: number;
  readonly value: number | null;
}

/** What is drawn: columns of equal length, `x` in steps; `last` is the newest smoothed value. */
export interface Curve {
  readonly x: readonly number[];
  readonly raw: readonly (number | null)[];
  readonly smoothed: readonly (number | null)[];
  readonly validation: readonly (number | null)[];
  readonly last: number | null;
}

const orGap = (value: number | null | undefined): number | null => (finite(value) ? value : null);

/** Decimates a series of steps and joins what was measured at epochs' ends. */
export function curveOf(values: Values, atEpochs: readonly Points[], halfLife: number, buckets = 500): Curve {
  const averages = smooth(values, halfLife);
  const measured = new Map(atEpochs.map(({ step, value }) => [step, orGap(value)]));
  const steps = new Set(decimate(values, buckets).map((i) => i + 1));
  for (const step of measured.keys()) steps.add(step);
  const x = [...steps].sort((a, b) => a - b);
  return {
    x,
    raw: x.map((step) => orGap(values[step - 1])),
    smoothed: x.map((step) => orGap(averages[step - 1])),
    validation: x.map((step) => measured.get(step) ?? null),
    last: orGap(averages.at(-1)),
  };
}

/**
 * Top of a loss axis: above all of the smoothed curve, but a run that blows up at its end does not flatten what
 * was before.
 */
export function lossCeiling(curve: Curve): number {
  const drawn = [...curve.smoothed, ...curve.validation].filter(finite).sort((a, b) => a - b);
  if (drawn.length === 0) return 1;
  const at = (share: number) => drawn[Math.min(drawn.length - 1, Math.floor(share * drawn.length))] ?? 1;
  const begin = curve.smoothed.find(finite) ?? 0;
  const ceiling = Math.min(at(1), Math.max(1.5 * begin, 3 * at(0.9)));
  return ceiling > 0 ? ceiling * 1.06 : 1;
}
