import { problem, type Problem } from '@/core/problem';
import { formatShape, type Shape } from '@/core/shape';
import { axisNames } from './windows';

const described: Readonly<Record<number, string>> = {
  1: 'a vector (features)',
  2: 'a sequence (steps×features)',
  3: 'an image (height×width×channels)',
  4: 'a volume (depth×height×width×channels)',
};
const short: Readonly<Record<number, string>> = { 2: 'sequence', 3: 'image', 4: 'volume' };

/** What makes the rank right most often; no parameter of the layer itself can. */
function wayOut(rank: number, ranks: readonly number[], form: string | null): string {
  const [wanted] = ranks;
  if (wanted === undefined || rank === 0) return '';
  const got = short[rank];
  if (wanted === 1) {
    if (rank === 2) return ' Put a Flatten before it.';
    return got ? ' Put a Flatten or a global pooling before it.' : '';
  }
  const want = short[wanted];
  if (!want || ranks.length !== 1) return '';
  if (rank === 1) {
    const axes = axisNames(wanted - 1, Array.from({ length: wanted - 1 }, (_, axis) => axis));
    return ` A vector has no ${axes}: move it before what flattens the ${want}.`;
  }
  if (!got) return '';
  return form === null
    ? ` A Reshape before it can lay the ${got} out as ${want === 'image' ? 'an' : 'a'} ${want}.`
    : ` For ${got === 'image' ? 'an' : 'a'} ${got} take ${form} ${rank - 1}D.`;
}

/**
 * Refuses an input whose rank, batch left out, is not one of those.
 * @param form the title, without its number, of a layer that comes for 1 to 3 spatial axes: `Conv` for Conv 2D.
 */
export function rankProblem(input: Shape, ranks: readonly number[], form: string | null = null): Problem | null {
  const rank = Math.max(0, input.length - 1);
  if (ranks.includes(rank)) return null;
  const expected = ranks.map((r) => described[r] ?? `rank ${r}`).join(' or ');
  const got = formatShape(input);
  const out = wayOut(rank, ranks, form);
  return problem('rank', `It takes ${expected}; what comes in is ${got}, of rank ${rank}.${out}`, { expected, got });
}
