import { problem } from '@/core/problem';
import { channels, formatShape, type Shape } from '@/core/shape';
import { refused, shaped, type Formula, type Inference, type Inputs, type LayerCase, type Term } from '../define';
import type { TorchCode } from '../emit';
import { axisName, torchLayout } from './axes';
import { difference, joined } from './merging';

/** Two or more inputs in any order. */
export const operands: Inputs = { kind: 'variadic', name: 'input', min: 2 };

/** What makes the shapes agree most often; no parameter of the layer itself can. */
function wayOut(inputs: readonly Shape[]): string {
  const ranks = new Set(inputs.map((input) => input.length - 1));
  if (ranks.size === 1) {
    return ranks.has(3) ? ' A 1×1 convolution brings channels together, its stride height and width.' : '';
  }
  const largest = inputs.reduce((most, input) => (input.length > most.length ? input : most));
  const smallest = inputs.reduce((least, input) => (input.length < least.length ? input : least));
  if (smallest.length !== 2 || channels(smallest) !== channels(largest)) return '';
  const ones = [...largest.slice(1, -1).map(() => 1), channels(smallest)].join('×');
  return ` A Reshape of the ${channels(smallest)} to ${ones} lets it be repeated.`;
}

/**
 * Inputs of one rank whose sizes are equal, or 1, which is repeated: NumPy's broadcasting without its change of rank.
 * @param sign between the inputs, as people write it.
 * @param done what happens to them: `added`.
 */
export function elementwiseShape(inputs: readonly Shape[], sign: string, done: string): Inference {
  const [first = []] = inputs;
  const differing = difference(inputs, { repeated: true });
  if (!differing) {
    const largest = (axis: number) => Math.max(...inputs.map((input) => input[axis] ?? 1));
    return shaped(first.map((size, axis) => (axis === 0 ? size : largest(axis))));
  }
  const message =
    `${joined(inputs, sign)}: ${differing}. Only equal sizes can be ${done}, or a size of 1, which is repeated.` +
    wayOut(inputs);
  return refused(
    problem('merge.shapes', message, { expected: formatShape(first), got: inputs.map(formatShape).join(', ') }),
  );
}

/** `1×1×16: height and width 1 → 8`, for each input that is repeated. */
function repeats(inputs: readonly Shape[], output: Shape): Formula['lines'] {
  return inputs.flatMap((input) => {
    const axes = input.flatMap((size, at) => (at > 0 && size === 1 && output[at] !== 1 ? [at] : []));
    const told = axes.map((at) => `${axisName(output, at)} 1 → ${output[at]}`).join(', ');
    return axes.length > 0 ? [[{ text: formatShape(input), input: true as const }, `: ${told}`]] : [];
  });
}

/**
 * What is computed, the shapes, and which axes of size 1 are repeated.
 * @param rule of one output number, the inputs called `x₁`, `x₂`, ….
 */
export function elementwiseFormula(
  inputs: readonly Shape[],
  output: Shape,
  sign: string,
  rule: (names: readonly string[]) => string,
): readonly Formula[] {
  const shapes: readonly Term[] = [
    ...inputs.flatMap((input, i): Term[] => [
      ...(i > 0 ? [` ${sign} `] : []),
      { text: formatShape(input), input: true },
    ]),
    ' = ',
    { text: formatShape(output), result: true },
  ];
  const repeated = repeats(inputs, output);
  return [
    { title: 'Each number', lines: [[`y = ${rule(inputs.map((_, i) => `x${subscript(i + 1)}`))}`]] },
    { title: 'Shapes', lines: [shapes] },
    ...(repeated.length > 0 ? [{ title: 'Repeated', lines: repeated }] : []),
  ];
}

const subscript = (n: number) => [...`${n}`].map((digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]).join('');

/** `x0`, `x1`, …: the inputs in generated code. */
export const argumentNames = (inputs: readonly Shape[]): readonly string[] => inputs.map((_, i) => `x${i}`);

/** A PyTorch expression over the inputs. */
export const elementwiseTorch = (
  inputs: readonly Shape[],
  expression: (names: readonly string[]) => string,
): TorchCode => ({
  module: null,
  call: expression(argumentNames(inputs)),
  layout: torchLayout(inputs[0] ?? []),
  weights: {},
});

/** `layers.Add()([x0, x1])`. */
export const mergeKeras = (inputs: readonly Shape[], call: string) => ({
  call: `${call}([${argumentNames(inputs).join(', ')}])`,
});

/** Two inputs of one shape, and the channel weights of squeeze-and-excitation: 1×1×c on h×w×c. */
export const elementwiseCases: readonly LayerCase<object>[] = [
  {
    in: [
      [null, 8, 8, 16],
      [null, 8, 8, 16],
    ],
    out: [[null, 8, 8, 16]],
    weights: 0,
  },
  {
    in: [
      [null, 4, 5, 3],
      [null, 1, 1, 3],
    ],
    out: [[null, 4, 5, 3]],
    weights: 0,
  },
  // Both are repeated, each along the other's axis.
  {
    in: [
      [null, 6, 1],
      [null, 1, 7],
    ],
    out: [[null, 6, 7]],
    weights: 0,
  },
];

/** Three inputs, the middle one repeated. */
export const threefoldCase: LayerCase<object> = {
  in: [
    [null, 5],
    [null, 1],
    [null, 5],
  ],
  out: [[null, 5]],
  weights: 0,
};
