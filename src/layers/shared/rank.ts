import { problem, type Problem } from '@/core/problem';
import { formatShape, type Shape } from '@/core/shape';

const wanted: Readonly<Record<number, string>> = {
  1: 'a vector (features)',
  2: 'a sequence (steps×features)',
  3: 'an image (height×width×channels)',
  4: 'a volume (depth×height×width×channels)',
};

/** What makes the rank right most often; no parameter of the layer itself can. */
function wayOut(rank: number, ranks: readonly number[]): string {
  if (ranks[0] === 1 && rank === 3) return ' Put a Flatten or a global pooling before it.';
  if (ranks[0] === 1 && rank > 1) return ' Put a Flatten before it.';
  if (ranks[0] === 3 && rank === 1) return ' A vector has no height and width: move it before what flattens the image.';
  return '';
}

/** Refuses an input whose rank, batch left out, is not one of those. */
export function rankProblem(input: Shape, ranks: readonly number[]): Problem | null {
  const rank = Math.max(0, input.length - 1);
  if (ranks.includes(rank)) return null;
  const expected = ranks.map((r) => wanted[r] ?? `rank ${r}`).join(' or ');
  const got = formatShape(input);
  return problem('rank', `It takes ${expected}; what comes in is ${got}, of rank ${rank}.${wayOut(rank, ranks)}`, {
    expected,
    got,
  });
}
