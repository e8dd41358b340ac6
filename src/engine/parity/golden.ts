import { z } from 'zod';
import { uniform } from './values';

/** A recorded tensor: its numbers, or of a larger one what tells it from others. */
const tensor = z.union([
  z.array(z.number()),
  z.object({
    size: z.number(),
    largest: z.number(),
    norm: z.number(),
    projections: z.array(z.number()),
    sample: z.array(z.number()),
  }),
]);
export type Recorded = z.infer<typeof tensor>;

const known = z.object({
  case: z.string(),
  params: z.record(z.string(), z.unknown()),
  inputs: z.array(z.array(z.number())),
});
const computed = known.extend({
  /** `false`: it draws random numbers in training, so it is compared in evaluation mode. */
  training: z.boolean().default(true),
  outputs: z.array(tensor),
  inputGradients: z.array(tensor.nullable()),
  weightGradients: z.record(z.string(), tensor.nullable()),
  parameters: z.number(),
});
/** PyTorch did not take the case, and why. */
const refused = known.extend({ refused: z.string() });

export const goldenSchema = z.object({
  torch: z.string(),
  code: z.string(),
  cases: z.array(z.union([refused, computed])),
});
export type Golden = z.infer<typeof goldenSchema>;
export type GoldenCase = z.infer<typeof computed>;

export const largestOf = (recorded: Recorded | null): number => {
  if (recorded === null) return 0;
  if (!Array.isArray(recorded)) return recorded.largest;
  return recorded.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
};

/** The places of the sample; as in e2e/parity/record_layers.py. */
const place = (i: number, size: number) => (i * 7919) % size;

/**
 * Largest difference from what was recorded, relative to `scale`: of the numbers, or of a sample, the projections and
 * the norm. The last two as shares of the norm, so that one wrong number shows. Infinite where sizes differ.
 */
export function distance(values: Float32Array, recorded: Recorded, scale: number): number {
  const worst = (pairs: readonly (readonly [number, number])[], by: number) =>
    pairs.reduce((most, [a, b]) => Math.max(most, Number.isFinite(a) ? Math.abs(a - b) / by : Infinity), 0);
  if (Array.isArray(recorded)) {
    if (values.length !== recorded.length) return Infinity;
    return worst(recorded.map((value, i) => [values[i] ?? NaN, value]), scale);
  }
  const { size, largest, norm, projections, sample } = recorded;
  if (values.length !== size) return Infinity;
  const ownNorm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  const along = projections.map((value, i): readonly [number, number] => {
    const direction = uniform(i + 1, size);
    return [values.reduce((sum, each, at) => sum + each * (direction[at] ?? 0), 0), value];
  });
  // Where the scale is not the tensor's own, its norm is measured by it just as much.
  const bySize = largest > 0 ? norm * (scale / largest) : scale * Math.sqrt(size);
  return Math.max(
    worst(sample.map((value, i) => [values[place(i, size)] ?? NaN, value]), scale),
    worst([...along, [ownNorm, norm]], bySize),
  );
}
