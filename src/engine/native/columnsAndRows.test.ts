import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlanLayer } from '@/compiler/plan';
import { randomStream } from '@/core/random';
import { nodeSurroundings } from '../backends/node';
import { relativeError } from '../kernels/testing';
import { type BoundWeight, Builder, type NativeUnit, sizeOf, type Value } from './builder';
import { normalised } from './columns';
import type { Machine } from './machine';
import { at, type Place, regionOf } from './region';
import { normalisedRows } from './rows';
import { startMachine, type StartedMachine } from './startMachine';
import { Tape } from './tape';

interface Case {
  readonly shape: readonly number[];
  /** What the kernels are asked for. */
  readonly compile: (unit: NativeUnit, build: Builder, x: Value) => Value;
  /** The number of what a number is normalised with, and of its γ and β, by its index. */
  readonly groupOf: (i: number) => number;
  readonly factors: number;
  readonly relu: boolean;
  readonly mean: number;
}

let started: StartedMachine;
beforeAll(async () => {
  const result = await startMachine(nodeSurroundings.native);
  if (!result.ok) throw new Error(result.error.message);
  started = result.value;
});
afterAll(() => started.release());

const EPSILON = 1e-5;

const relu = { type: 'activation', params: { activation: 'relu' } } as unknown as PlanLayer;

/** Forward and backward of one normalisation, alone on the kernels. */
function onKernels(machine: Machine, { shape, compile, relu: follows }: Case, given: ReturnType<typeof numbersFor>) {
  const placed = (numbers: ArrayLike<number>): Place => {
    const region = machine.place(regionOf(numbers.length));
    machine.floats.set(numbers, region.address / 4);
    return at(region);
  };
  const read = ({ region: { address }, offset }: Place, floats: number) =>
    machine.floats.slice(address / 4 + offset, address / 4 + offset + floats);
  const weight = (numbers: Float32Array): BoundWeight & { gradient: Place } => ({
    shape: [numbers.length], place: placed(numbers), gradient: placed(numbers.map(() => NaN)),
  });
  const [gamma, beta] = [weight(given.gamma), weight(given.beta)];
  const x: Value = { shape, place: placed(given.x), slope: { needed: true, gradient: null, kept: false, consumers: 1 } };
  const follower = follows ? { layer: relu, consumers: [1] } : null;
  const unit = { inputs: [x], weights: { gamma, beta }, consumers: [1], follower } as unknown as NativeUnit;
  const tape = new Tape(true);
  const build = new Builder(tape, true, false, (floats) => machine.place(regionOf(floats)));
  const y = compile(unit, build, x);
  build.putGradient(y, (to) => build.copy(placed(given.dy), to, given.dy.length));
  tape.endSection();
  build.emitBackward();
  const base = machine.reserve(tape.layOut(0));
  tape.layOut(base);
  const [forward, backward] = tape.encode(machine);
  forward!.run();
  const output = read(y.place, sizeOf(shape));
  backward!.run();
  return {
    y: output,
    dx: read(build.gradientOf(x)!, sizeOf(shape)),
    dGamma: read(gamma.gradient, given.gamma.length),
    dBeta: read(beta.gradient, given.beta.length),
  };
}

/** The same by its definition, in 64 bits. */
function byDefinition({ groupOf, relu: follows }: Case, { x, dy, gamma, beta }: ReturnType<typeof numbersFor>) {
  const factors = gamma.length;
  const result = {
    y: new Float64Array(x.length), dx: new Float64Array(x.length),
    dGamma: new Float64Array(factors), dBeta: new Float64Array(factors),
  };
  const groups: number[][] = [];
  for (let i = 0; i < x.length; i += 1) (groups[groupOf(i)] ??= []).push(i);
  for (const members of groups) {
    const meanOf = (f: (i: number) => number) => members.reduce((sum, i) => sum + f(i), 0) / members.length;
    const mean = meanOf((i) => x[i]!);
    const inverse = 1 / Math.sqrt(meanOf((i) => (x[i]! - mean) ** 2) + Math.fround(EPSILON));
    const normal = (i: number) => (x[i]! - mean) * inverse;
    const line = (i: number) => gamma[i % factors]! * normal(i) + beta[i % factors]!;
    const slope = (i: number) => (follows && line(i) <= 0 ? 0 : dy[i]!);
    const pulled = (i: number) => gamma[i % factors]! * slope(i);
    const [plain, along] = [meanOf(pulled), meanOf((i) => pulled(i) * normal(i))];
    for (const i of members) {
      result.y[i] = follows ? Math.max(0, line(i)) : line(i);
      result.dx[i] = inverse * (pulled(i) - plain - normal(i) * along);
      result.dGamma[i % factors]! += slope(i) * normal(i);
      result.dBeta[i % factors]! += slope(i);
    }
  }
  return result;
}

function numbersFor({ shape, factors, mean }: Case, lead = 0) {
  const random = randomStream(5, `test/${shape.join()}`);
  const normal = (count: number, by = 1, about = 0) => Float32Array.from({ length: count }, () => about + by * random.normal());
  const x = normal(sizeOf(shape), 1, mean).fill(0, 0, lead);
  return { x, dy: normal(x.length), gamma: normal(factors, 0.3, 1), beta: normal(factors) };
}

type How = Pick<Case, 'compile' | 'groupOf' | 'factors'>;

/** Channels together in groups, over all positions of each set. */
function byColumns(shape: readonly number[], sets: number, group: number): How {
  const channels = shape.at(-1)!;
  const size = sizeOf(shape) / sets;
  return {
    compile: (unit, build, x) => normalised(unit, build, x, { sets, group, epsilon: EPSILON }),
    groupOf: (i) => (Math.floor(i / size) * channels) / group + Math.floor((i % channels) / group),
    factors: channels,
  };
}

/** Rows of `size` numbers. */
const byRows = (size: number, period: number): How => ({
  compile: (unit, build, x) => normalisedRows(unit, build, x, { size, period, epsilon: EPSILON }),
  groupOf: (i) => Math.floor(i / size),
  factors: size * period,
});

/** In every number, as a share of the largest of its tensor. */
function expectExact(all: Case, tolerance: number, lead = 0): void {
  const given = numbersFor(all, lead);
  const [ours, exact] = [onKernels(started.machine, all, given), byDefinition(all, given)];
  for (const name of ['y', 'dx', 'dGamma', 'dBeta'] as const) {
    expect(relativeError(ours[name], exact[name]), name).toBeLessThan(tolerance);
  }
}

/** None has numbers within rounding of a ReLU's kink. */
const shapes: readonly (readonly number[])[] = [
  [1, 40, 5], [6, 3], [5, 7, 1], [3, 9, 2], [7, 5, 6], [40, 10], [5, 33], [3, 1001], [9, 64], [4, 8, 8, 16], [33, 300],
  [16, 40, 50, 3], [5, 31, 33, 20], [4, 32, 32, 33],
];

/** Of a shape, with two numbers at least to be told apart. */
function waysOf(shape: readonly number[]): readonly (readonly [string, How])[] {
  const [batch, channels] = [shape[0]!, shape.at(-1)!];
  const size = sizeOf(shape) / batch;
  const all: readonly (readonly [string, boolean, () => How])[] = [
    ['the batch', true, () => byColumns(shape, 1, 1)],
    ['channels of examples', size > 2 * channels, () => byColumns(shape, batch, 1)],
    ['halves of the channels', channels % 2 === 0, () => byColumns(shape, batch, channels / 2)],
    ['the last axis', channels > 2, () => byRows(channels, 1)],
    ['thirds of the last axis', channels % 3 === 0 && channels > 6, () => byRows(channels / 3, 3)],
    ['examples', true, () => byRows(size, 1)],
  ];
  return all.flatMap(([title, applies, how]) => (applies ? [[title, how()] as const] : []));
}

describe.each([false, true])('normalisation, a ReLU after it: %s', (follows) => {
  describe.each(shapes.map((shape) => [shape.join('×'), shape] as const))('of %s', (_title, shape) => {
    it.each(waysOf(shape))('over %s', (_way, how) => expectExact({ shape, ...how, relu: follows, mean: 0.5 }, 2e-6));
  });
});

describe('normalisation far from 0', () => {
  const shape = [32, 32, 32, 16];
  const cases = [
    ['the batch', byColumns(shape, 1, 1)], ['channels of examples', byColumns(shape, 32, 1)],
    ['groups of examples', byColumns(shape, 32, 4)], ['examples', byRows(32 * 32 * 16, 1)], ['places', byRows(16, 1)],
  ] as const;
  const all = { shape, relu: false, mean: 10_000 };

  it.each(cases)('keeps its precision over %s', (_title, how) => expectExact({ ...all, ...how }, 1e-5));
  it.each(cases)('and where the first numbers are 0, over %s', (_title, how) =>
    expectExact({ ...all, ...how }, 1e-5, 100_000));
});
