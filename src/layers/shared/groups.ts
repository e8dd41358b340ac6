import { problem, type Problem } from '@/core/problem';
import { channels, formatShape, type Shape } from '@/core/shape';

/** The most groups that a layer's parameters allow. */
export const MOST_GROUPS = 65536;

/** Divisors of a number up to `MOST_GROUPS`, nearest to `from` first. */
const divisorsNear = (count: number, from: number): readonly number[] =>
  Array.from({ length: Math.min(count, MOST_GROUPS) }, (_, i) => i + 1)
    .filter((n) => count % n === 0)
    .toSorted((a, b) => Math.abs(a - from) - Math.abs(b - from));

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
const quotient = (a: number, b: number) => Number((a / b).toFixed(3));

/** Multiples of the groups around a number of filters, the nearest first. */
const multiplesNear = (filters: number, groups: number): readonly number[] =>
  [Math.floor(filters / groups) * groups, Math.ceil(filters / groups) * groups]
    .filter((n) => n >= 1 && n <= MOST_GROUPS)
    .toSorted((a, b) => Math.abs(a - filters) - Math.abs(b - filters));

/** Refuses a grouped convolution whose channels or filters don't fall into equal groups. */
export function groupsProblems(
  input: Shape,
  { groups, filters }: { readonly groups: number; readonly filters: number },
): readonly Problem[] {
  const count = channels(input);
  if (count % groups === 0 && filters % groups === 0) return [];
  const both = divisorsNear(gcd(count, filters), groups).slice(0, 2);
  const fixes = both.map((value) => ({ title: `groups ${value}`, params: { groups: value } }));
  const problems: Problem[] = [];
  if (count % groups !== 0) {
    problems.push(
      problem(
        'groups.channels',
        `${count === 1 ? 'The one channel' : `The ${count} channels`} of ${formatShape(input)} can’t be put into ${groups} equal groups: ` +
          `${count}/${groups} = ${quotient(count, groups)}.`,
        { expected: `a divisor of ${count}`, got: `${groups}`, params: ['groups'], fixes },
      ),
    );
  }
  if (filters % groups !== 0) {
    const multiples = multiplesNear(filters, groups);
    const other = multiples.map((value) => ({ title: `filters ${value}`, params: { filters: value } }));
    problems.push(
      problem(
        'groups.filters',
        `The ${filters} filters don’t fall into ${groups} equal groups: ` +
          `${filters}/${groups} = ${quotient(filters, groups)}.`,
        {
          expected: `a multiple of ${groups}`,
          got: `${filters}`,
          params: ['filters', 'groups'],
          fixes: problems.length > 0 ? other : [...other, ...fixes],
        },
      ),
    );
  }
  return problems;
}
