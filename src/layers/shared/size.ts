import { problem, type Problem } from '@/core/problem';
import { elements, formatShape, type Shape } from '@/core/shape';

/** The most numbers that one array may have: backends index them with signed 32-bit integers. */
const MOST_ELEMENTS = 2 ** 31 - 1;

/** Whether an array can hold so many numbers; sizes with or without the batch. */
export const fitsArray = (sizes: Shape): boolean => elements(sizes) <= MOST_ELEMENTS;

/**
 * Refuses a tensor that no backend can hold, even for a single example.
 * @param what begins the sentence: `Its output`.
 */
export function sizeProblem(shape: Shape, what: string): Problem | null {
  if (fitsArray(shape)) return null;
  const got = `${formatShape(shape)} = ${elements(shape).toLocaleString('en')}`;
  const most = MOST_ELEMENTS.toLocaleString('en');
  return problem('size', `${what} would be ${got} numbers; an array holds at most 2³¹ − 1 = ${most}.`, {
    expected: `at most ${most}`,
    got,
  });
}
