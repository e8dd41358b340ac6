import { problem, type Problem } from '@/core/problem';
import { formatShape, type Shape } from '@/core/shape';

const wanted: Readonly<Record<number, string>> = {
  1: 'a vector (features)',
  3: 'an image (height×width×channels)',
};

/** Refuses an input whose rank, batch left out, is not one of those. */
export function rankProblem(input: Shape, ranks: readonly number[]): Problem | null {
  const rank = input.length - 1;
  if (ranks.includes(rank)) return null;
  const expected = ranks.map((r) => wanted[r] ?? `rank ${r}`).join(' or ');
  const hint = rank > 1 && ranks.includes(1) ? ' Put a Flatten or a global pooling before it.' : '';
  return problem('rank', `It takes ${expected}; what comes in is ${formatShape(input)}, of rank ${rank}.${hint}`, {
    expected,
    got: formatShape(input),
  });
}
