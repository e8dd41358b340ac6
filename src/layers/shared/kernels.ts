import { axes, bool, initializer, int, padding, type Padding, type ParamValues } from '@/core/params';
import { channels, onEachAxis, withoutBatch, type Rank, type Shape } from '@/core/shape';
import { refused, shaped, type Formula, type Term } from '../define';
import { activationParam } from './activations';
import { penaltyParams } from './penalty';
import { rankProblem } from './rank';
import { slideWindow } from './sliding';
import { MOST_WINDOW, volume, type WindowParams } from './windows';

/** What every kind of convolution has: how its window slides. */
export const slidingParams = (rank: Rank) => ({
  kernel: axes({ label: 'Kernel', rank, min: 1, max: MOST_WINDOW, default: onEachAxis(rank, 3) }),
  stride: axes({ label: 'Stride', rank, min: 1, max: MOST_WINDOW, default: onEachAxis(rank, 1) }),
  padding: padding({ label: 'Padding', rank, default: 'valid', causal: rank === 1 }),
  dilation: axes({ label: 'Dilation', rank, min: 1, max: MOST_WINDOW, default: onEachAxis(rank, 1) }),
});

/** What every kind of convolution has beside its window. */
export const kernelParams = {
  activation: activationParam('linear'),
  bias: bool({ label: 'Bias', default: true }),
  initializer: initializer({ label: 'Initialiser', default: 'heNormal' }),
  biasInitializer: initializer({ label: 'Bias initialiser', default: 'zeros', advanced: true }),
  ...penaltyParams,
} as const;

export const filtersParam = int({ label: 'Filters', min: 1, max: 65536, default: 8 });

export const slidingNames: WindowParams = {
  kernel: 'kernel',
  stride: 'stride',
  padding: 'padding',
  dilation: 'dilation',
  numericPadding: true,
};

/** The values of `slidingParams` and `kernelParams`. */
export interface SlidingValues {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly padding: Padding;
  readonly dilation: readonly number[];
}
export type KernelValues = ParamValues<typeof kernelParams>;
export interface ConvolutionValues extends SlidingValues, KernelValues {
  readonly filters: number;
  readonly groups: number;
}

/** A convolution's shape rule. @param form the title without its number: `Conv` for Conv 2D. */
export function slidingShape(input: Shape, p: SlidingValues, form: string, filters: (channels: number) => number) {
  const wrongRank = rankProblem(input, [p.kernel.length + 1], form);
  if (wrongRank) return refused(wrongRank);
  const { sizes, problems } = slideWindow(input, p, slidingNames);
  return sizes ? shaped([null, ...sizes, filters(channels(input))], problems) : refused(...problems);
}

export const biasSpec = (p: KernelValues, filters: number) =>
  p.bias && { bias: { shape: [filters], initializer: p.biasInitializer, trainable: true } };

/** Places of the output: the product of its spatial axes. */
export const positions = (output: Shape): number => volume(withoutBatch(output).slice(0, -1));

/** `5·5·3·6 + 6 = 456`: the parameters as a product of terms, with a bias for each filter. */
export function parameterFormula(factors: readonly (readonly Term[])[], count: number, bias: Term | null): Formula {
  const joined = factors.flatMap((factor, i) => (i === 0 ? factor : ['·', ...factor]));
  return {
    title: 'Parameters',
    lines: [[...joined, ...(bias ? [' + ', bias] : []), ' = ', { text: count.toLocaleString('en'), result: true }]],
  };
}
export const kernelTerms = (kernel: readonly number[]): readonly (readonly Term[])[] =>
  kernel.map((size) => [{ text: `${size}`, param: 'kernel' }]);

/** A transposed convolution's values. */
export interface TransposedValues extends SlidingValues, KernelValues {
  readonly filters: number;
  readonly outputPadding: readonly number[];
}
