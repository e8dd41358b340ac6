import type { Tensor } from '@tensorflow/tfjs';
import type { TensorInfo, Tf } from './tf';

/**
 * Arithmetic on numbers of one place, as it was done: assignments that WGSL and GLSL both read. Numbers that were given
 * to it stand apart, so that formulas that differ in them alone are one.
 */
export interface Formula {
  /** `let`-less assignments to v0, v1, … over inputs x0, x1, …, earlier v's and constants: `x0 * k0`. */
  readonly expressions: readonly string[];
  readonly constants: readonly number[];
  /** What each result is called in the expressions, by name. */
  readonly results: Readonly<Record<string, string>>;
}

/** A formula with what it is to be computed of. */
export interface FormulaCall {
  /** x0, x1, … */
  readonly inputs: readonly TensorInfo[];
  /** Of all results, and of the inputs that are no scalars. */
  readonly shape: number[];
  readonly formula: Formula;
}

type Operand = Named | number;

/** Something was asked for that is no arithmetic on numbers of one place, or is not known here. */
class NotTraced extends Error {}

/** Stands for a tensor while a formula is taken down; it has no shape and no numbers. */
class Named {
  constructor(readonly name: string) {}
}

const named = (name: string): Named =>
  new Proxy(new Named(name), {
    get: (target, property) => {
      if (property === 'name') return target.name;
      throw new NotTraced();
    },
  });

const infix = (sign: string) => (a: string, b: string) => `${a} ${sign} ${b}`;
const call =
  (name: string) =>
  (...given: string[]) =>
    `${name}(${given.join(', ')})`;

/** What tf's operations are in shaders. */
const OPERATIONS: Readonly<Record<string, (...given: string[]) => string>> = {
  add: infix('+'),
  sub: infix('-'),
  mul: infix('*'),
  div: infix('/'),
  square: (x) => `${x} * ${x}`,
  sqrt: call('sqrt'),
  abs: call('abs'),
  exp: call('exp'),
  sign: call('sign'),
};

/**
 * Takes down what `body` does to its inputs, by handing it operations that write instead of computing; null where it
 * asks for one that is not among them.
 */
export function trace(
  names: readonly string[],
  body: (tf: Tf, inputs: Readonly<Record<string, Tensor>>) => Readonly<Record<string, Tensor>>,
): Formula | null {
  const expressions: string[] = [];
  const constants: number[] = [];
  const spell = (operand: Operand): string =>
    operand instanceof Named ? operand.name : `k${constants.push(operand) - 1}`;
  const operations = new Proxy(
    {},
    {
      get: (_target, name) => {
        const write = OPERATIONS[String(name)];
        if (!write) throw new NotTraced();
        return (...operands: Operand[]) => named(`v${expressions.push(write(...operands.map(spell))) - 1}`);
      },
    },
  );
  const inputs = Object.fromEntries(names.map((name, i) => [name, named(`x${i}`)]));
  try {
    // All else that is asked of them throws.
    const results = body(operations as Tf, inputs as unknown as Readonly<Record<string, Tensor>>);
    return {
      expressions,
      constants,
      results: Object.fromEntries(
        Object.entries(results).map(([name, result]) => [name, spell(result as unknown as Named)]),
      ),
    };
  } catch (error) {
    if (error instanceof NotTraced) return null;
    throw error;
  }
}
