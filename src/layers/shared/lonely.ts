import { problem, type ParamFix, type Problem } from '@/core/problem';
import { formatShape, type Shape } from '@/core/shape';

/**
 * Refuses statistics over a single number, which is its own mean: everything would come to 0.
 * @param what whose statistics: `Each channel`; `count` says how many numbers it has.
 */
export function lonelyProblem(
  input: Shape,
  what: string,
  count: { readonly text: string; readonly value: number },
  fixes: readonly ParamFix[] = [],
): Problem | null {
  if (count.value > 1) return null;
  const sum = count.text === `${count.value}` ? count.text : `${count.text} = ${count.value}`;
  return problem(
    'norm.lonely',
    `${what} of ${formatShape(input)} has ${sum} number, which is its own mean: ` +
      'normalised it is 0, whatever comes in.',
    { expected: 'at least 2 numbers', got: `${count.value}`, fixes },
  );
}
