import type { Padding, Pair } from '@/core/params';
import { spatialAxes, type Rank, type Shape } from '@/core/shape';
import { listed } from '@/core/words';
import type { Formula, Term } from '../define';

/** A window that slides over the spatial axes of `[batch, …, channels]`; each list has a number per axis. */
export interface Window {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: Padding;
  /** Rounds the number of windows up instead of down, as PyTorch's `ceil_mode`. */
  readonly ceil?: boolean;
}

/** What one axis comes to; sizes in steps, slices, rows or columns. */
export interface AxisWindow {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
  readonly ceil: boolean;
  /** ⌊(size + before + after − dilation·(kernel − 1) − 1)/stride⌋ + 1, or ⌈…⌉; below 1 when no window fits. */
  readonly out: number;
  /** Windows that rounding up counts, but that would begin past the input: left out of `out`. */
  readonly dropped: number;
  /** Lines at the end that no window reaches; none where that is asked for: `same` and rounding up. */
  readonly unseen: number;
}

/** Numbers before and after an axis, by what the padding says; `same` is split as TensorFlow does, more at the end. */
function sidesOn(size: number, stride: number, reach: number, padding: Padding, axis: number): Pair {
  switch (padding) {
    case 'valid':
      return [0, 0];
    case 'causal':
      return [reach - 1, 0];
    case 'same': {
      const total = Math.max((Math.ceil(size / stride) - 1) * stride + reach - size, 0);
      return [Math.floor(total / 2), Math.ceil(total / 2)];
    }
    default:
      return padding[axis] ?? [0, 0];
  }
}

/**
 * One axis of so many lines under a window.
 * Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", relationship 15; with `ceil`, a last
 * window begins within the input or the padding before it, as in PyTorch.
 */
export function axisWindow(size: number, window: Window, axis: number): AxisWindow {
  const kernel = window.kernel[axis] ?? 1;
  const stride = window.stride[axis] ?? 1;
  const dilation = window.dilation[axis] ?? 1;
  const ceil = window.ceil ?? false;
  const reach = dilation * (kernel - 1) + 1;
  const [before, after] = sidesOn(size, stride, reach, window.padding, axis);
  const slack = size + before + after - reach;
  const count = (ceil ? Math.ceil(slack / stride) : Math.floor(slack / stride)) + 1;
  const dropped = ceil && count > 1 && (count - 1) * stride >= size + before ? 1 : 0;
  const out = count - dropped;
  // `same` promises ⌈size/stride⌉ outputs, so what a narrow kernel steps over is asked for, not an accident.
  const unseen = ceil || window.padding === 'same' ? 0 : Math.max(0, slack - (out - 1) * stride);
  return { size, kernel, stride, dilation, before, after, ceil, out, dropped, unseen };
}

/** The spatial axes of a `[batch, …, channels]` input under a window. */
export const axisWindows = (input: Shape, window: Window): readonly AxisWindow[] =>
  window.kernel.map((_, axis) => axisWindow(input[axis + 1] ?? 1, window, axis));

/** Numbers per side, whatever the padding is. */
export const sidesOf = (input: Shape, window: Window): readonly Pair[] =>
  axisWindows(input, window).map(({ before, after }): Pair => [before, after]);

export const seesAll = (axis: AxisWindow) => axis.out >= 1 && axis.unseen === 0;
export const reachOf = (axis: { readonly kernel: number; readonly dilation: number }) =>
  axis.dilation * (axis.kernel - 1) + 1;
export const paddedOf = (axis: AxisWindow) => axis.size + axis.before + axis.after;
/** Lines by which the last window reaches beyond the padded input: only where the number was rounded up. */
export const overhangOf = (axis: AxisWindow) =>
  Math.max(0, (axis.out - 1) * axis.stride + reachOf(axis) - paddedOf(axis));

const same = (values: readonly unknown[]) => new Set(values.map((value) => JSON.stringify(value))).size <= 1;
/** `1/1`, or `1/1 and 0/2` where axes differ. */
export const sidesText = (pads: readonly Pair[]) =>
  listed((same(pads) ? pads.slice(0, 1) : pads).map((pad) => pad.join('/')));
/** `3`, or `3×5` where axes differ. */
export const axesText = (values: readonly number[]) => (same(values) ? `${values[0] ?? ''}` : values.join('×'));

/** What the layer lets the user change, by the names of its own parameters; `null` for what it lacks. */
export interface WindowParams {
  readonly kernel: string;
  readonly stride: string;
  readonly padding: string;
  readonly dilation: string | null;
  /** Whether padding may be numbers per side. */
  readonly numericPadding: boolean;
  /** Whether such numbers may be at most half the window, as PyTorch has it for pools. */
  readonly halfPadding?: boolean;
  /** The switch that rounds up. */
  readonly ceil?: string;
}

/** Numbers in a window, channels left out: 3×3 is 9. */
export const volume = (kernel: readonly number[]): number => kernel.reduce((product, size) => product * size, 1);

/** The largest kernel and stride that a layer's parameters allow. */
export const MOST_WINDOW = 1024;

/** Which axes come to the same and are told in one line, in order: `[[0], [1, 2]]`. */
export function alikeAxes(axes: readonly object[]): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  axes.forEach((axis, index) => {
    const key = JSON.stringify(axis);
    groups.set(key, [...(groups.get(key) ?? []), index]);
  });
  return [...groups.values()];
}

/** `depth, height and width`: some of so many axes. */
export const axisNames = (rank: number, axes: readonly number[]): string =>
  listed(axes.map((axis) => spatialAxes[rank as Rank]?.[axis] ?? `axis ${axis + 1}`));

/** A formula for each axis, one for those that agree: `Output size, height and width`. */
export const axisFormulas = <A extends object>(
  axes: readonly A[],
  lines: (axis: A) => Formula['lines'],
): readonly Formula[] =>
  alikeAxes(axes).map((group) => ({
    title: `Output size, ${axisNames(axes.length, group)}`,
    lines: lines(axes[group[0] ?? 0]!),
  }));

/** The two sides of a padding as terms: ` + 2·1`, or ` + 0 + 1`. */
export const sidesTerms = (sign: '+' | '−', { before, after }: AxisSides, param: string): readonly Term[] =>
  before === after
    ? [` ${sign} 2·`, { text: `${before}`, param }]
    : [` ${sign} `, { text: `${before}`, param }, ` ${sign} `, { text: `${after}`, param }];
interface AxisSides {
  readonly before: number;
  readonly after: number;
}

/** The course's formula with the user's own numbers, an axis each; one for those that agree. */
export function windowFormulas(input: Shape, window: Window, names: WindowParams): readonly Formula[] {
  return axisFormulas(axisWindows(input, window), (axis) => {
    const taken: readonly Term[] =
      names.dilation === null
        ? [' − ', { text: `${axis.kernel}`, param: names.kernel }]
        : [
            ' − ',
            { text: `${axis.dilation}`, param: names.dilation },
            '·(',
            { text: `${axis.kernel}`, param: names.kernel },
            ' − 1) − 1',
          ];
    const [open, close] = axis.ceil ? ['⌈', '⌉'] : ['⌊', '⌋'];
    const dropped = axis.dropped > 0 ? ` − ${axis.dropped}` : '';
    return [
      [
        `${open}(`,
        { text: `${axis.size}`, input: true },
        ...sidesTerms('+', axis, names.padding),
        ...taken,
        ')/',
        { text: `${axis.stride}`, param: names.stride },
        `${close} + 1`,
        ...(dropped ? [dropped, ' (the last would begin past the input)'] : []),
      ],
      [
        `= ${open}${paddedOf(axis) - reachOf(axis)}/${axis.stride}${close} + 1${dropped} = `,
        { text: `${axis.out}`, result: true },
      ],
    ];
  });
}

/** `5×5`, `5×5 / 2`, `5×5 · pad 2`: how a node tells its window. */
export function windowText(window: Window): string {
  const stride = Math.max(...window.stride) > 1 ? ` / ${axesText(window.stride)}` : '';
  const dilation = Math.max(...window.dilation) > 1 ? ` · dil ${axesText(window.dilation)}` : '';
  return `${window.kernel.join('×')}${stride}${paddingText(window.padding)}${dilation}`;
}

function paddingText(padding: Padding): string {
  if (padding === 'valid') return '';
  if (typeof padding === 'string') return ` · ${padding}`;
  const numbers = padding.flat();
  if (numbers.every((n) => n === 0)) return '';
  return ` · pad ${same(numbers) ? numbers[0] : sidesText(padding)}`;
}
