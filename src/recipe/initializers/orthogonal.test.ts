import { describe, expect, it } from 'vitest';
import { randomStream } from '@/core/random';
import { fansOf } from '../fans';
import { orthogonal } from './orthogonal';

const draw = (shape: readonly number[], gain = 1, seed = 1) =>
  orthogonal.sample(shape, fansOf(shape), randomStream(seed, 'init/d/kernel'), { gain });

/** Largest distance of the shorter side's products with each other from those of an orthonormal basis times gain. */
function distance(values: Float32Array, rows: number, columns: number, gain: number): number {
  const [count, length] = rows < columns ? [rows, columns] : [columns, rows];
  const at = (vector: number, i: number) => values[rows < columns ? vector * columns + i : i * columns + vector]!;
  let most = 0;
  for (let a = 0; a < count; a += 1) {
    for (let b = 0; b <= a; b += 1) {
      let product = 0;
      for (let i = 0; i < length; i += 1) product += at(a, i) * at(b, i);
      most = Math.max(most, Math.abs(product / gain ** 2 - (a === b ? 1 : 0)));
    }
  }
  return most;
}

describe('orthogonal', () => {
  it.each<readonly [readonly number[], number, number, number]>([
    [[64, 64], 64, 64, 1],
    [[200, 30], 200, 30, 1],
    [[30, 200], 30, 200, Math.SQRT2],
    // 3×3 kernels from 16 to 32 channels, as a matrix of 144 rows and 32 columns.
    [[3, 3, 16, 32], 144, 32, 1],
    [[1, 1, 4, 90], 4, 90, 0.1],
    [[5, 2, 3, 4, 20], 120, 20, 1],
    [[40], 1, 40, 3],
    [[1, 1], 1, 1, -2],
  ])('%j has orthonormal rows or columns, times the gain', (shape, rows, columns, gain) => {
    const values = draw(shape, gain);
    expect(values).toHaveLength(rows * columns);
    expect(distance(values, rows, columns, gain)).toBeLessThan(1e-6);
  });

  it('keeps the length of what a square matrix is applied to', () => {
    const values = draw([50, 50]);
    const x = Float64Array.from({ length: 50 }, (_, i) => Math.sin(i));
    const y = Array.from({ length: 50 }, (_, j) => x.reduce((sum, each, i) => sum + each * values[i * 50 + j]!, 0));
    expect(Math.hypot(...y) / Math.hypot(...x)).toBeCloseTo(1, 6);
  });

  it('turns and mirrors in every direction alike', () => {
    // The first column of a 2×2 matrix is (cos α, sin α) with α uniform; without sign correction it is half a circle.
    const n = 2000;
    const drawn = Array.from({ length: n }, (_, seed) => draw([2, 2], 1, seed));
    const turns = drawn.map(([a, , c]) => (Math.atan2(c!, a!) + Math.PI) / (2 * Math.PI)).sort((a, b) => a - b);
    const distances = turns.map((turn, i) => Math.max((i + 1) / n - turn, turn - i / n));
    // Kolmogorov and Smirnov: √n·D exceeds 1.95 once in a thousand samples.
    expect(Math.sqrt(n) * Math.max(...distances)).toBeLessThan(1.95);
    // Half of all orthogonal matrices mirror; five standard errors.
    const mirrored = drawn.filter(([a, b, c, d]) => a! * d! - b! * c! < 0).length;
    expect(Math.abs(mirrored - n / 2)).toBeLessThan(5 * Math.sqrt(n / 4));
  });

  it('has entries of variance 1/length of its vectors', () => {
    const values = draw([400, 100]);
    // Exact, since every column has length 1.
    expect(values.reduce((sum, value) => sum + value * value, 0) / values.length).toBeCloseTo(1 / 400, 8);
  });
});
