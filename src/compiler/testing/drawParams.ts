import { type AnyParams, type Param } from '@/core/params';
import type { RandomStream } from '@/core/random';
import { elements, type Shape, withoutBatch } from '@/core/shape';

/** One of the values, each as likely. */
export function pick<T>(random: RandomStream, values: readonly [T, ...T[]] | readonly T[]): T {
  const value = values[random.below(values.length)];
  if (value === undefined) throw new Error('There is nothing to pick from.');
  return value;
}

export const chance = (random: RandomStream, probability: number): boolean => random.uniform() < probability;

/** A size of 1 more often than large ones: kernels, strides and dilations of 1 are what others are held against. */
const step = (random: RandomStream): number => pick(random, [0, 0, 1, 1, 2, 3]);

const within = (value: number, { min = -Infinity, max = Infinity }: { readonly min?: number; readonly max?: number }) =>
  Math.min(max, Math.max(min, value));

/** A product taken apart into one to four factors: what a reshape may ask for. */
function factors(product: number, random: RandomStream): readonly number[] {
  const found: number[] = [];
  let left = product;
  while (found.length < 3 && chance(random, 0.7)) {
    const divisors = Array.from({ length: left }, (_, i) => i + 1).filter((n) => left % n === 0);
    const factor = pick(random, divisors);
    found.push(factor);
    left /= factor;
  }
  return [...found, left];
}

/** Lists of sizes that layers ask for: a shape, the input's, its elements in another shape, an order of its axes. */
function drawSizes(inputs: readonly Shape[], random: RandomStream): readonly number[] {
  const first = inputs[0] ?? [];
  const kind = first.length > 1 ? random.below(4) : 0;
  if (kind === 1) return factors(elements(first), random);
  if (kind === 2) return shuffled(withoutBatch(first).map((_, axis) => axis + 1), random);
  if (kind === 3) return shuffled(withoutBatch(first), random);
  return Array.from({ length: 1 + random.below(4) }, () => 1 + random.below(5));
}

function shuffled<T>(values: readonly T[], random: RandomStream): readonly T[] {
  return values
    .map((value) => ({ value, at: random.uniform() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value);
}

/** A small valid value of a parameter, from its declaration alone. */
export function drawParam(param: Param, inputs: readonly Shape[], random: RandomStream): unknown {
  switch (param.kind) {
    case 'int': {
      const lowest = param.min ?? -2;
      return within(lowest + random.below(7), param);
    }
    case 'float': {
      // Around the default, so that an ε stays an ε; where that is 0 there is no such scale.
      const spread = 2 * random.uniform() - 1;
      const value = param.default === 0 ? spread : param.default * 2 ** spread;
      return within(Number(value.toPrecision(3)), param);
    }
    case 'bool':
      return chance(random, 0.5);
    case 'choice':
      return pick(random, param.options).value;
    case 'axes':
      return Array.from({ length: param.rank }, () => within((param.min ?? 0) + step(random), param));
    case 'padding': {
      const names = param.causal ? ['valid', 'same', 'causal'] : ['valid', 'same'];
      if (!param.numeric || chance(random, 0.5)) return pick(random, names);
      return Array.from({ length: param.rank }, () => [random.below(3), random.below(3)]);
    }
    case 'sizes':
      return drawSizes(inputs, random);
    default:
      // Says nothing of shapes: an initialiser, a loss.
      return param.default;
  }
}

/** Parameters that begin as those given; each is drawn anew with the given probability. */
export function drawParams(
  params: Readonly<Record<string, Param>>,
  from: AnyParams,
  inputs: readonly Shape[],
  random: RandomStream,
  probability: number,
): AnyParams {
  return Object.fromEntries(
    Object.entries(params).map(([name, param]) => [
      name,
      chance(random, probability) ? drawParam(param, inputs, random) : from[name],
    ]),
  );
}
