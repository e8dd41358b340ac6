import type { Padding, Pair } from '@/core/params';
import type { Shape } from '@/core/shape';
import type { Formula, Term } from '../define';

/** A window that slides over the spatial axes of `[batch, height, width, channels]`. */
export interface Window {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly padding: Padding;
}

/** What one axis comes to; sizes in rows or columns. */
export interface AxisWindow {
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
  /** ⌊(size + before + after − dilation·(kernel − 1) − 1)/stride⌋ + 1; below 1 when no window fits. */
  readonly out: number;
  /** Rows or columns at the end that no window reaches. */
  readonly unseen: number;
}

/**
 * `same` is split as TensorFlow does.
 * Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", relationship 15.
 */
function axisWindow(size: number, window: Window, axis: 0 | 1): AxisWindow {
  const kernel = window.kernel[axis];
  const stride = window.stride[axis];
  const dilation = window.dilation[axis];
  const reach = dilation * (kernel - 1) + 1;
  let before = 0;
  let after = 0;
  if (window.padding === 'same') {
    const total = Math.max((Math.ceil(size / stride) - 1) * stride + reach - size, 0);
    before = Math.floor(total / 2);
    after = total - before;
  } else if (window.padding !== 'valid') {
    [before, after] = window.padding[axis];
  }
  const slack = size + before + after - reach;
  const out = Math.floor(slack / stride) + 1;
  // `same` promises ⌈size/stride⌉ outputs, so what a narrow kernel steps over is asked for, not an accident.
  const unseen = window.padding === 'same' ? 0 : Math.max(0, slack - (out - 1) * stride);
  return { size, kernel, stride, dilation, before, after, out, unseen };
}

/** The spatial axes of a `[batch, height, width, channels]` input under a window. */
export function axisWindows(input: Shape, window: Window): readonly [AxisWindow, AxisWindow] {
  return [axisWindow(input[1] ?? 1, window, 0), axisWindow(input[2] ?? 1, window, 1)];
}

/** Numbers per side, whatever the padding is. */
export function sidesOf(input: Shape, window: Window): readonly [Pair, Pair] {
  const [height, width] = axisWindows(input, window);
  return [
    [height.before, height.after],
    [width.before, width.after],
  ];
}

export const seesAll = (axis: AxisWindow) => axis.out >= 1 && axis.unseen === 0;
export const reachOf = (axis: AxisWindow) => axis.dilation * (axis.kernel - 1) + 1;
export const paddedOf = (axis: AxisWindow) => axis.size + axis.before + axis.after;
export const sidesText = (pads: readonly [Pair, Pair]) =>
  pads[0][0] === pads[1][0] && pads[0][1] === pads[1][1]
    ? pads[0].join('/')
    : pads.map((pad) => pad.join('/')).join(' and ');
export const pairText = (pair: Pair) => (pair[0] === pair[1] ? `${pair[0]}` : pair.join('×'));

/** What the layer lets the user change, by the names of its own parameters; `null` for what it lacks. */
export interface WindowParams {
  readonly kernel: string;
  readonly stride: string;
  readonly padding: string;
  readonly dilation: string | null;
  /** Whether padding may be numbers per side. */
  readonly numericPadding: boolean;
}

/** The largest kernel and stride that a layer's parameters allow. */
export const MOST_WINDOW = 1024;

/** Whether one line says it for both axes. */
export const alike = ([height, width]: readonly [AxisWindow, AxisWindow]) => JSON.stringify(height) === JSON.stringify(width);

/** The course's formula with the user's own numbers, an axis each; one for both where they agree. */
export function windowFormulas(input: Shape, window: Window, names: WindowParams): readonly Formula[] {
  const axes = axisWindows(input, window);
  const lines = (axis: AxisWindow): readonly (readonly Term[])[] => {
    const pad: readonly Term[] =
      axis.before === axis.after
        ? [' + 2·', { text: `${axis.before}`, param: names.padding }]
        : [
            ' + ',
            { text: `${axis.before}`, param: names.padding },
            ' + ',
            { text: `${axis.after}`, param: names.padding },
          ];
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
    return [
      [
        '⌊(',
        { text: `${axis.size}`, input: true },
        ...pad,
        ...taken,
        ')/',
        { text: `${axis.stride}`, param: names.stride },
        '⌋ + 1',
      ],
      [`= ⌊${paddedOf(axis) - reachOf(axis)}/${axis.stride}⌋ + 1 = `, { text: `${axis.out}`, result: true }],
    ];
  };
  return alike(axes)
    ? [{ title: 'Output size, height and width', lines: lines(axes[0]) }]
    : [
        { title: 'Output size, height', lines: lines(axes[0]) },
        { title: 'Output size, width', lines: lines(axes[1]) },
      ];
}

/** `5×5`, `5×5 / 2`, `5×5 · pad 2`: how a node tells its window. */
export function windowText(window: Window): string {
  const stride = Math.max(...window.stride) > 1 ? ` / ${pairText(window.stride)}` : '';
  const dilation = Math.max(...window.dilation) > 1 ? ` · dil ${pairText(window.dilation)}` : '';
  const pads = window.padding;
  const padding =
    pads === 'valid'
      ? ''
      : pads === 'same'
        ? ' · same'
        : pads.flat().every((n) => n === 0)
          ? ''
          : ` · pad ${padText(pads)}`;
  return `${window.kernel.join('×')}${stride}${padding}${dilation}`;
}

function padText(pads: readonly [Pair, Pair]): string {
  const all = new Set(pads.flat());
  return all.size === 1 ? `${pads[0][0]}` : sidesText(pads);
}
