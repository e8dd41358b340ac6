import { expect, it } from 'vitest';
import { rankProblem } from './rank';

const said = (shape: readonly (number | null)[], ranks: readonly number[], form?: string) =>
  rankProblem(shape, ranks, form)?.message ?? null;

it('a rank that is not taken is refused with the way out', () => {
  expect(said([null, 8, 8, 8, 1], [4])).toBeNull();
  expect(said([null, 8, 8, 8, 1], [1])).toBe(
    'It takes a vector (features); what comes in is 8×8×8×1, of rank 4. Put a Flatten or a global pooling before it.',
  );
  expect(said([null, 28, 28, 1], [4], 'Conv')).toBe(
    'It takes a volume (depth×height×width×channels); what comes in is 28×28×1, of rank 3. For an image take Conv 2D.',
  );
  expect(said([null, 100, 4], [3], 'Max pool')).toContain('For a sequence take Max pool 1D.');
  expect(said([null, 28, 28, 1], [2])).toContain('A Reshape before it can lay the image out as a sequence.');
  expect(said([null, 10], [4])).toContain(
    'A vector has no depth, height and width: move it before what flattens the volume.',
  );
  expect(said([null, 10], [2])).toContain('A vector has no steps: move it before what flattens the sequence.');
});
