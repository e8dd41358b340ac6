import { describe, expect, it } from 'vitest';
import type { DatasetDefinition, Examples, ReadFile, Split } from '../define';
import { blobs } from './blobs';
import { moons } from './moons';
import { rings } from './rings';
import { spirals } from './spirals';
import { xor } from './xor';

const nothingToRead: ReadFile = () => Promise.reject(new Error('Generated datasets read no files.'));

async function make(dataset: DatasetDefinition, seed = 1): Promise<Examples> {
  const made = await dataset.load({ read: nothingToRead, seed });
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly label: number;
}

const pointsOf = ({ inputs, targets }: Split): Point[] =>
  Array.from(targets, (label, i) => ({ x: inputs[2 * i]!, y: inputs[2 * i + 1]!, label }));

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Share of the test points whose nearest training point is of their class. */
function nearestNeighbourAccuracy({ train, test }: Examples): number {
  const known = pointsOf(train);
  const right = pointsOf(test).filter((point) => {
    const squared = (other: Point) => (other.x - point.x) ** 2 + (other.y - point.y) ** 2;
    const nearest = known.reduce((best, other) => (squared(other) < squared(best) ? other : best));
    return nearest.label === point.label;
  });
  return right.length / test.count;
}

/** Share of the points that the best straight line through steps of 5° and 0.05 has on the right side. */
function bestLineAccuracy(split: Split): number {
  const points = pointsOf(split);
  let best = 0;
  for (let degrees = 0; degrees < 360; degrees += 5) {
    const [nx, ny] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    for (let offset = -2; offset <= 2; offset += 0.05) {
      const right = points.filter(({ x, y, label }) => nx * x + ny * y > offset === (label === 1));
      best = Math.max(best, right.length / points.length);
    }
  }
  return best;
}

describe.each([
  ['blobs', blobs],
  ['moons', moons],
  ['rings', rings],
  ['spirals', spirals],
  ['xor', xor],
])('%s', (_, dataset) => {
  it('repeats itself for the same seed and differs for another', async () => {
    const made = await make(dataset, 7);
    expect(await make(dataset, 7)).toEqual(made);
    expect((await make(dataset, 8)).train.inputs).not.toEqual(made.train.inputs);
  });

  it('tests on points that it does not train on', async () => {
    const { train, test } = await make(dataset);
    const known = new Set(pointsOf(train).map(({ x, y }) => `${x} ${y}`));
    expect(pointsOf(test).filter(({ x, y }) => known.has(`${x} ${y}`))).toEqual([]);
  });

  it('has its classes in equal numbers, in any first part too', async () => {
    const { train } = await make(dataset);
    const classes = dataset.task.names.length;
    for (const part of [train.count, 60]) {
      const targets = Array.from(train.targets.subarray(0, part));
      const counts = dataset.task.names.map((_, label) => targets.filter((target) => target === label).length);
      expect(counts).toEqual(Array.from({ length: classes }, () => part / classes));
    }
  });

  it('can be learnt: the nearest neighbour is nearly always of the same class', async () => {
    for (const seed of [1, 2, 3]) expect(nearestNeighbourAccuracy(await make(dataset, seed))).toBeGreaterThan(0.97);
  });
});

// In the bounds below: five standard errors of the mean, σ/√n each.
describe('the shapes', () => {
  it('rings have mean squared radius R² + 2σ² for R = 1 and 0.3, σ = 0.05', async () => {
    const points = pointsOf((await make(rings)).train);
    const ring = (label: number) => points.filter((p) => p.label === label);
    const squares = [0, 1].map((label) => mean(ring(label).map(({ x, y }) => x ** 2 + y ** 2)));
    // The variance of r² is about 4R²σ²: standard errors 0.1/√400 and 0.03/√400.
    expect(Math.abs(squares[0]! - 1.005)).toBeLessThan(0.025);
    expect(Math.abs(squares[1]! - 0.095)).toBeLessThan(0.0075);
  });

  it('rings are parted by a triangle, that is by three neurons', async () => {
    const points = pointsOf((await make(rings)).train);
    // Inradius 0.45, three deviations outside the inner ring.
    const inside = ({ x, y }: Point) =>
      [90, 210, 330].every((d) => x * Math.cos((d * Math.PI) / 180) + y * Math.sin((d * Math.PI) / 180) < 0.45);
    const right = points.filter((point) => inside(point) === (point.label === 1));
    expect(right.length / points.length).toBeGreaterThan(0.98);
  });

  it('moons have the centroids of half circles: (0, 2/π) and (1, ½ − 2/π)', async () => {
    const points = pointsOf((await make(moons)).train);
    // On the half circle cos has deviation 0.71 and sin 0.31; with noise 0.1, over 400 points.
    for (const [label, x, y] of [
      [0, 0, 2 / Math.PI],
      [1, 1, 0.5 - 2 / Math.PI],
    ] as const) {
      const moon = points.filter((p) => p.label === label);
      expect(Math.abs(mean(moon.map((p) => p.x)) - x)).toBeLessThan((5 * 0.72) / 20);
      expect(Math.abs(mean(moon.map((p) => p.y)) - y)).toBeLessThan((5 * 0.33) / 20);
    }
  });

  it('blobs stand round the corners of a triangle on the unit circle', async () => {
    const points = pointsOf((await make(blobs)).train);
    for (const [label, x, y] of [
      [0, 0, 1],
      [1, -Math.sqrt(3) / 2, -0.5],
      [2, Math.sqrt(3) / 2, -0.5],
    ] as const) {
      const blob = points.filter((p) => p.label === label);
      const centre = { x: mean(blob.map((p) => p.x)), y: mean(blob.map((p) => p.y)) };
      const bound = (5 * 0.3) / Math.sqrt(300);
      expect(Math.abs(centre.x - x)).toBeLessThan(bound);
      expect(Math.abs(centre.y - y)).toBeLessThan(bound);
      const variance = mean(blob.map((p) => (p.x - centre.x) ** 2));
      expect(Math.abs(variance - 0.09)).toBeLessThan(5 * 0.09 * Math.sqrt(2 / 300));
    }
  });

  it('spirals: undoing the turn leaves two opposite rays', async () => {
    const points = pointsOf((await make(spirals)).train).filter((p) => Math.hypot(p.x, p.y) > 0.3);
    for (const { x, y, label } of points) {
      const radius = Math.hypot(x, y);
      const left = Math.atan2(y, x) - 2 * Math.PI * 1.75 * radius - Math.PI * label;
      // Noise 0.02 bends the angle by 0.02/r and, through the radius, by 11·0.02: five deviations of that.
      expect(Math.abs(Math.atan2(Math.sin(left), Math.cos(left)))).toBeLessThan(5 * Math.hypot(0.02 / 0.3, 0.22));
    }
  });

  it('xor: the sign of x·y tells the class, but for the tails beyond 3⅓ deviations', async () => {
    const points = pointsOf((await make(xor)).train);
    const right = points.filter(({ x, y, label }) => x * y < 0 === (label === 1));
    expect(right.length / points.length).toBeGreaterThan(0.99);
  });

  it('no straight line is enough for rings, spirals or xor', async () => {
    for (const dataset of [rings, spirals, xor]) {
      expect(bestLineAccuracy((await make(dataset)).test), dataset.id).toBeLessThan(0.8);
    }
  });
});
