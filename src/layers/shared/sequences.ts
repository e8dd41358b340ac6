import { problem, type Problem } from '@/core/problem';
import { formatShape, withoutBatch, type Shape } from '@/core/shape';

/** How other shapes become a sequence; no parameter of the layer itself can make them one. */
function wayOut(sizes: readonly number[]): string {
  const [height = 1, width = 1, channels = 1] = sizes;
  if (sizes.length === 1) {
    return ' A Repeat before it makes the vector a sequence, or an Embedding where it holds indices of words.';
  }
  if (sizes.length === 3) {
    return (
      ` A Reshape before it to ${height}×${width * channels} reads the image row by row, ` +
      `one to ${height * width}×${channels} place by place.`
    );
  }
  return '';
}

/** Refuses what is no sequence, [batch, steps, features]. */
export function sequenceProblem(input: Shape, what = 'what comes in'): Problem | null {
  const sizes = withoutBatch(input);
  if (sizes.length === 2) return null;
  const expected = 'a sequence (steps×features)';
  const got = formatShape(input);
  return problem('rank', `It takes ${expected}; ${what} is ${got}, of rank ${sizes.length}.${wayOut(sizes)}`, {
    expected,
    got,
  });
}

/** Sizes of a sequence. */
export function stepsAndFeatures(input: Shape): readonly [steps: number, features: number] {
  const [steps = 1, features = 1] = withoutBatch(input);
  return [steps, features];
}
