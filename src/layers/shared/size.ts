import { problem, type Problem } from '@/core/problem';
import { elements, formatShape, type Shape } from '@/core/shape';

/** The most numbers that one array may have: backends index them with signed 32-bit integers. */
const MOST_ELEMENTS = 2 ** 31 - 1;

/**
 * Refuses a tensor that no backend can hold, even for a single example.
 * @param what begins the sentence: `Its output`.
 */
export function sizeProblem(shape: Shape, what: string): Problem | null {
  const count = elements(shape);
  if (count <= MOST_ELEMENTS) return null;
  const got = `${formatShape(shape)} = ${count.toLocaleString('en')}`;
  const most = MOST_ELEMENTS.toLocaleString('en');
  return problem('size', `${what} would be ${got} numbers; an array holds at most 2³¹ − 1 = ${most}.`, {
    expected: `at most ${most}`,
    got,
  });
}
