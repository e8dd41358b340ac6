import type { Padding, Pair } from '@/core/params';
import { problem, type ParamFix, type Problem } from '@/core/problem';
import type { Shape } from '@/core/shape';
import type { Formula, Term } from '../define';
import { sizeProblem } from './size';
import { nearestOnEach } from './sliding';
import {
  alikeAxes,
  axesText,
  axisFormulas,
  axisNames,
  reachOf,
  sidesTerms,
  sidesText,
  type Window,
  type WindowParams,
} from './windows';

/**
 * The window of a transposed convolution, which spreads each input over a window of the output. Its padding is taken
 * away from the output, as it is the padding of the convolution that it transposes.
 */
export interface TransposedWindow extends Omit<Window, 'ceil'> {
  /** Lines more at the end of each axis. */
  readonly outputPadding: readonly number[];
}

/** What one axis comes to; sizes in steps, slices, rows or columns. */
export interface TransposedAxis {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Lines cut off at each end of what the windows cover. */
  readonly before: number;
  readonly after: number;
  /** Lines that `valid` and `same` add at the end where windows are narrower than the stride. */
  readonly filled: number;
  readonly outputPadding: number;
  /** (size − 1)·stride − before − after + dilation·(kernel − 1) + filled + outputPadding + 1; may be below 1. */
  readonly out: number;
}

/** Names of the parameters, as for windows; `outputPadding` is `null` where a layer has none. */
export interface TransposedParams extends Omit<WindowParams, 'ceil' | 'halfPadding'> {
  readonly outputPadding: string | null;
}

/** What is cut off; `same` leaves size·stride lines, split as TensorFlow does. */
function cutOn(padding: Padding, spare: number, axis: number): Pair {
  if (padding === 'same') return [Math.floor(spare / 2), Math.ceil(spare / 2)];
  return typeof padding === 'string' ? [0, 0] : (padding[axis] ?? [0, 0]);
}

/**
 * One axis of so many lines under a transposed convolution: with numbers per side as PyTorch has it, with `valid`
 * (size − 1)·stride + max(reach, stride) and with `same` size·stride as Keras has it, and the output padding on top.
 * Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", relationship 14.
 */
export function transposedAxis(size: number, window: TransposedWindow, axis: number): TransposedAxis {
  const kernel = window.kernel[axis] ?? 1;
  const stride = window.stride[axis] ?? 1;
  const dilation = window.dilation[axis] ?? 1;
  const outputPadding = window.outputPadding[axis] ?? 0;
  const reach = reachOf({ kernel, dilation });
  const [before, after] = cutOn(window.padding, Math.max(reach - stride, 0), axis);
  const filled = typeof window.padding === 'string' ? Math.max(stride - reach, 0) : 0;
  const out = (size - 1) * stride - before - after + reach + filled + outputPadding;
  return { size, kernel, stride, dilation, before, after, filled, outputPadding, out };
}

/** The spatial axes of a `[batch, …, channels]` input under a transposed convolution. */
export const transposedAxes = (input: Shape, window: TransposedWindow): readonly TransposedAxis[] =>
  window.kernel.map((_, axis) => transposedAxis(input[axis + 1] ?? 1, window, axis));

type Fault = (axis: TransposedAxis) => boolean;
const isEmpty: Fault = (axis) => axis.out < 1;
/** PyTorch's rule: more lines than that belong to another input size. */
const padsTooMuch: Fault = (axis) =>
  axis.outputPadding > 0 && axis.filled + axis.outputPadding >= Math.max(axis.stride, axis.dilation);
const faults: readonly Fault[] = [isEmpty, padsTooMuch];

/** `(1 − 1)·2 − 2·2 + 1·(3 − 1) + 0 + 1`, as terms. */
function outTerms(axis: TransposedAxis, names: TransposedParams): readonly Term[] {
  const reach: readonly Term[] =
    names.dilation === null
      ? [' + ', { text: `${axis.kernel}`, param: names.kernel }]
      : [
          ' + ',
          { text: `${axis.dilation}`, param: names.dilation },
          '·(',
          { text: `${axis.kernel}`, param: names.kernel },
          ' − 1)',
        ];
  return [
    '(',
    { text: `${axis.size}`, input: true },
    ' − 1)·',
    { text: `${axis.stride}`, param: names.stride },
    ...sidesTerms('−', axis, names.padding),
    ...reach,
    ...(axis.filled > 0 ? [' + ', { text: `${axis.filled}`, param: names.padding }] : []),
    ...(names.outputPadding === null ? [] : [' + ', { text: `${axis.outputPadding}`, param: names.outputPadding }]),
    ...(names.dilation === null ? [] : [' + 1']),
  ];
}

/** The course's formula with the user's own numbers, an axis each; one for those that agree. */
export const transposedFormulas = (
  input: Shape,
  window: TransposedWindow,
  names: TransposedParams,
): readonly Formula[] =>
  axisFormulas(transposedAxes(input, window), (axis) => [
    outTerms(axis, names),
    ['= ', { text: `${axis.out}`, result: true }],
  ]);

/** The largest padding up to what it is now that leaves something of one axis. */
function smallerPadding({ before, after, out }: TransposedAxis): Pair {
  const total = before + after - Math.max(0, 1 - out);
  const kept = Math.max(0, total - after, Math.min(before, Math.floor(total / 2)));
  return [kept, total - kept];
}

/** Changes of one parameter after which no axis has this fault, nor a new one; each is tried before it is offered. */
function fixesFor(
  fault: Fault,
  input: Shape,
  window: TransposedWindow,
  axes: readonly TransposedAxis[],
  names: TransposedParams,
): readonly ParamFix[] {
  const fixes: ParamFix[] = [];
  const mended = (tried: TransposedAxis, axis: number) =>
    !fault(tried) && faults.every((other) => !other(tried) || other(axes[axis]!));
  const offer = (title: string, name: string, change: Partial<TransposedWindow>, value: unknown) => {
    const tried = transposedAxes(input, { ...window, ...change });
    const size = tried.some(isEmpty) ? '' : ` → ${axesText(tried.map(({ out }) => out))}`;
    if (tried.every(mended)) fixes.push({ title: `${title}${size}`, params: { [name]: value } });
  };
  const nearest = (part: 'kernel' | 'stride') =>
    nearestOnEach(window[part], (values, axis) =>
      mended(transposedAxis(input[axis + 1] ?? 1, { ...window, [part]: values }, axis), axis),
    );

  if (fault === padsTooMuch && names.outputPadding !== null) {
    const outputPadding = axes.map((axis) =>
      Math.min(axis.outputPadding, Math.max(axis.stride, axis.dilation) - 1 - axis.filled),
    );
    offer(`output padding ${axesText(outputPadding)}`, names.outputPadding, { outputPadding }, outputPadding);
  }
  if (fault === isEmpty) {
    const padding = axes.map(smallerPadding);
    if (names.numericPadding) offer(`padding ${sidesText(padding)}`, names.padding, { padding }, padding);
    offer('padding valid', names.padding, { padding: 'valid' }, 'valid');
    const kernel = nearest('kernel');
    if (kernel) offer(`kernel ${axesText(kernel)}`, names.kernel, { kernel }, kernel);
  }
  const stride = nearest('stride');
  if (stride) offer(`stride ${axesText(stride)}`, names.stride, { stride }, stride);
  return fixes;
}

const spelt = (terms: readonly Term[]) => terms.map((term) => (typeof term === 'string' ? term : term.text)).join('');

type Tell = (axis: TransposedAxis, name: string, names: TransposedParams, fixes: readonly ParamFix[]) => Problem;

const tellEmpty: Tell = (axis, name, names, fixes) =>
  problem(
    'transposed.empty',
    `Nothing is left of the ${name}: ${spelt(outTerms(axis, names))} = ${String(axis.out).replace('-', '−')}.`,
    { expected: 'at least 1', got: `${axis.out}`, params: [names.padding, names.kernel, names.stride], fixes },
  );

const tellTooMuch: Tell = (axis, name, names, fixes) => {
  const most = Math.max(axis.stride, axis.dilation);
  const total = axis.outputPadding + axis.filled;
  const filled = axis.filled > 0 ? `, with the ${axis.filled} that the padding adds, ` : ' ';
  return problem(
    'transposed.outputPadding',
    `The output padding of the ${name} must be smaller than the stride or the dilation: ` +
      `${axis.outputPadding}${filled}is not less than max(${axis.stride}, ${axis.dilation}) = ${most}.`,
    {
      expected: `less than ${most}`,
      got: `${total}`,
      params: [...(names.outputPadding === null ? [] : [names.outputPadding]), names.stride],
      fixes,
    },
  );
};

/**
 * Transposes a convolution over `[batch, …, channels]`: the sizes of the spatial axes, or `null` when nothing is left,
 * the output padding is too large, or the output before its padding is cut off could not be held.
 * @param filters channels of the output.
 */
export function transposeWindow(
  input: Shape,
  window: TransposedWindow,
  names: TransposedParams,
  filters: number,
): { readonly sizes: readonly number[] | null; readonly problems: readonly Problem[] } {
  const axes = transposedAxes(input, window);
  const uncut = axes.map((axis) => axis.out + axis.before + axis.after);
  const tooMany = sizeProblem([null, ...uncut, filters], 'The output before its padding is cut off');
  /** An axis each; told once where axes say the same. Only the first carries the fixes: they mend all. */
  const told = (fault: Fault, tell: Tell): readonly Problem[] =>
    alikeAxes(axes)
      .map((group) => ({ axis: axes[group[0] ?? 0]!, name: axisNames(axes.length, group) }))
      .filter(({ axis }) => fault(axis))
      .map(({ axis, name }, order) =>
        tell(axis, name, names, order === 0 ? fixesFor(fault, input, window, axes, names) : []),
      );
  const problems = [...(tooMany ? [tooMany] : []), ...told(isEmpty, tellEmpty), ...told(padsTooMuch, tellTooMuch)];
  return { sizes: problems.length > 0 ? null : axes.map(({ out }) => out), problems };
}
