import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlanLayer } from '@/compiler/plan';
import { randomStream } from '@/core/random';
import { relativeError } from '../kernels/testing';
import { type BoundWeight, Builder, type NativeUnit, sizeOf, type Value } from './builder';
import { type Normalisation, normalised } from './columns';
import type { Machine } from './machine';
import { at, type Place, regionOf } from './region';
import { Tape } from './tape';
import { testMachine } from './testing';

interface Case {
  readonly shape: readonly number[];
  readonly sets: number;
  readonly group: number;
  readonly relu: boolean;
  readonly mean: number;
}

let test: Awaited<ReturnType<typeof testMachine>>;
beforeAll(async () => void (test = await testMachine()));
afterAll(() => test.release());

const relu = { type: 'activation', params: { activation: 'relu' } } as unknown as PlanLayer;

/** Forward and backward of one normalisation, alone on the kernels. */
function onKernels(machine: Machine, { shape, sets, group, relu: follows }: Case, given: ReturnType<typeof numbersFor>) {
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
  const how: Normalisation = { sets, group, epsilon: 1e-5 };
  const y = normalised(unit, build, x, how);
  build.putGradient(y, (to) => build.copy(placed(given.dy), to, given.dy.length));
  // Named, so that it is still there when it is read.
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
function byDefinition({ shape, sets, group, relu: follows }: Case, { x, dy, gamma, beta }: ReturnType<typeof numbersFor>) {
  const channels = gamma.length;
  const size = sizeOf(shape) / sets;
  const result = {
    y: new Float64Array(x.length), dx: new Float64Array(x.length),
    dGamma: new Float64Array(channels), dBeta: new Float64Array(channels),
  };
  for (let set = 0; set < sets; set += 1) {
    for (let first = 0; first < channels; first += group) {
      const members: number[] = [];
      for (let i = set * size; i < (set + 1) * size; i += 1) {
        if (i % channels >= first && i % channels < first + group) members.push(i);
      }
      const meanOf = (f: (i: number) => number) => members.reduce((sum, i) => sum + f(i), 0) / members.length;
      const mean = meanOf((i) => x[i]!);
      const inverse = 1 / Math.sqrt(meanOf((i) => (x[i]! - mean) ** 2) + Math.fround(1e-5));
      const normal = (i: number) => (x[i]! - mean) * inverse;
      const line = (i: number) => gamma[i % channels]! * normal(i) + beta[i % channels]!;
      const slope = (i: number) => (follows && line(i) <= 0 ? 0 : dy[i]!);
      const pulled = (i: number) => gamma[i % channels]! * slope(i);
      const [plain, along] = [meanOf(pulled), meanOf((i) => pulled(i) * normal(i))];
      for (const i of members) {
        result.y[i] = follows ? Math.max(0, line(i)) : line(i);
        result.dx[i] = inverse * (pulled(i) - plain - normal(i) * along);
        result.dGamma[i % channels]! += slope(i) * normal(i);
        result.dBeta[i % channels]! += slope(i);
      }
    }
  }
  return result;
}

function numbersFor({ shape, mean }: Case, lead = 0) {
  const random = randomStream(5, `test/${shape.join()}`);
  const normal = (count: number, by = 1, about = 0) => Float32Array.from({ length: count }, () => about + by * random.normal());
  const channels = shape.at(-1)!;
  const x = normal(sizeOf(shape), 1, mean).fill(0, 0, lead);
  return { x, dy: normal(x.length), gamma: normal(channels, 0.3, 1), beta: normal(channels) };
}

/** Signs of numbers within rounding of a ReLU's kink may differ: none of these does. */
const shapes: readonly (readonly number[])[] = [
  [1, 40, 5], [6, 3], [5, 7, 1], [3, 9, 2], [7, 5, 6], [40, 10], [5, 33], [3, 1001], [9, 64], [4, 8, 8, 16], [33, 300],
  [16, 40, 50, 3], [5, 31, 33, 20],
];

describe('normalisation by columns', () => {
  for (const shape of shapes) {
    for (const follows of [false, true]) {
      it.each([
        { title: 'the batch', sets: 1, group: 1 },
        { title: 'channels of each example', sets: shape[0]!, group: 1 },
        { title: 'halves of each example’s channels', sets: shape[0]!, group: shape.at(-1)! / 2 },
      ])(`of ${shape.join('×')} over $title${follows ? ', with a ReLU' : ''}, is what its definition says`, (how) => {
        const positions = (sizeOf(shape) / how.sets / shape.at(-1)!) * how.group;
        if (!Number.isInteger(how.group) || positions < 2) return;
        const all = { shape, ...how, relu: follows, mean: 0.5 };
        const given = numbersFor(all);
        const [ours, exact] = [onKernels(test.machine, all, given), byDefinition(all, given)];
        for (const name of ['y', 'dx', 'dGamma', 'dBeta'] as const) {
          expect(relativeError(ours[name], exact[name]), name).toBeLessThan(2e-6);
        }
      });
    }
  }

  it.each([0, 100_000])('keeps its precision far from 0, the first %d numbers at 0', (lead) => {
    const all = { shape: [32, 32, 32, 16], sets: 1, group: 1, relu: false, mean: 10_000 };
    const given = numbersFor(all, lead);
    const [ours, exact] = [onKernels(test.machine, all, given), byDefinition(all, given)];
    for (const name of ['y', 'dx', 'dGamma', 'dBeta'] as const) {
      expect(relativeError(ours[name], exact[name]), name).toBeLessThan(1e-5);
    }
  });
});
