import { formatShape, withoutBatch, type Shape } from '@/core/shape';
import { listed } from '@/core/words';

/** What the axes of an input are called, batch left out: by rank. */
const axisNames: Readonly<Record<number, readonly string[]>> = {
  1: ['features'],
  2: ['steps', 'features'],
  3: ['heights', 'widths', 'channels'],
  4: ['depths', 'heights', 'widths', 'channels'],
};

const named = (rank: number, axis: number) => axisNames[rank]?.[axis] ?? `sizes of axis ${axis + 1}`;

/** `28×28×6 + 14×14×6`. */
export const joined = (inputs: readonly Shape[], sign: string): string => inputs.map(formatShape).join(` ${sign} `);

interface Allowed {
  /** An axis that may differ, batch counted as 0. */
  readonly except?: number | null;
  /** Whether a size of 1 agrees with any other, as it is repeated. */
  readonly repeated?: boolean;
}

/** Where inputs differ that must not: `heights 28 and 14 differ, widths 28 and 14 differ`; `null` where they agree. */
export function difference(inputs: readonly Shape[], { except = null, repeated = false }: Allowed = {}): string | null {
  const ranks = distinct(inputs.map((input) => input.length - 1));
  if (ranks.length > 1) return `ranks ${listed(ranks)} differ`;
  const sizes = inputs.map(withoutBatch);
  const rank = ranks[0] ?? 0;
  const differing = Array.from({ length: rank }, (_, axis) => axis)
    .filter((axis) => axis + 1 !== except)
    .map((axis) => ({ axis, values: distinct(sizes.map((size) => size[axis] ?? 1)) }))
    .map(({ axis, values }) => ({ axis, values: repeated ? values.filter((size) => size !== 1) : values }))
    .filter(({ values }) => values.length > 1)
    .map(({ axis, values }) => `${named(rank, axis)} ${listed(values)} differ`);
  return differing.length > 0 ? differing.join(', ') : null;
}

const distinct = (values: readonly number[]): readonly number[] => [...new Set(values)];
