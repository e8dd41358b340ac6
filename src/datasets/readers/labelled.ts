import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import type { Split } from '../define';
import type { IdxArray } from './idx';

/** What a pair of image and label files has to hold. */
export interface LabelledShape {
  /** Examples; left out where any number will do. */
  readonly count?: number;
  /** Shape of one image, channels last: `[28, 28, 1]`. One channel may go unsaid in the file. */
  readonly input: readonly number[];
  readonly classes: number;
}

/**
 * Joins images [count, height, width] or [count, height, width, channels] and labels [count] into a split.
 * Problems: `labelled.shape`, `labelled.count`, `labelled.class`.
 */
export function labelledSplit(
  images: IdxArray,
  labels: IdxArray,
  { count, input, classes }: LabelledShape,
  name: string,
): Result<Split, Problem> {
  const [found = 0, ...shape] = images.sizes;
  const withChannels = shape.length === input.length - 1 ? [...shape, 1] : shape;
  const expected = input.join('×');
  if (withChannels.length !== input.length || withChannels.some((size, axis) => size !== input[axis])) {
    const got = shape.join('×') || 'single numbers';
    return err(problem('labelled.shape', `The ${name} images are ${got}, not ${expected}.`, { expected, got }));
  }
  if (labels.sizes.length !== 1 || labels.sizes[0] !== found) {
    const got = labels.sizes.join('×');
    const message = `The ${name} split has ${found} images but ${got} labels; each image needs one.`;
    return err(problem('labelled.count', message, { expected: String(found), got }));
  }
  if (count !== undefined && found !== count) {
    const message = `The ${name} split has ${found} examples, not ${count}.`;
    return err(problem('labelled.count', message, { expected: String(count), got: String(found) }));
  }
  const wrong = labels.data.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    const got = String(labels.data[wrong]);
    const expected = `0 to ${classes - 1}`;
    const message = `Label ${wrong} of the ${name} split is ${got}; ${classes} classes are numbered ${expected}.`;
    return err(problem('labelled.class', message, { expected, got }));
  }
  return ok({ count: found, inputs: images.data, targets: labels.data });
}
