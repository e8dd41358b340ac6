import type { Padding, Pair } from '@/core/params';
import { problem, warning, type ParamFix, type Problem } from '@/core/problem';
import type { Shape } from '@/core/shape';
import type { Formula, Term } from '../define';

/** A window that slides over the spatial axes of `[batch, height, width, channels]`. */
export interface Window {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly padding: Padding;
}

/** What one axis comes to. */
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

const axisNames = ['height', 'width'] as const;
const lineNames = [
  ['row', 'rows'],
  ['column', 'columns'],
] as const;

/** Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", relationship 15; `same` as TensorFlow splits it. */
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

const whole = (axes: readonly AxisWindow[]) => axes.every((axis) => axis.out >= 1 && axis.unseen === 0);
const sizesText = (axes: readonly AxisWindow[]) =>
  axes[0]?.out === axes[1]?.out ? `${axes[0]?.out}` : axes.map((axis) => axis.out).join('×');

/** Numbers per side, whatever the padding was. */
function sidesOf(axes: readonly [AxisWindow, AxisWindow]): readonly [Pair, Pair] {
  return [
    [axes[0].before, axes[0].after],
    [axes[1].before, axes[1].after],
  ];
}

const sidesText = (pads: readonly [Pair, Pair]) =>
  pads[0][0] === pads[1][0] && pads[0][1] === pads[1][1]
    ? pads[0].join('/')
    : pads.map((pad) => pad.join('/')).join(' and ');
const pairText = (pair: Pair) => (pair[0] === pair[1] ? `${pair[0]}` : pair.join('×'));

/** What the layer lets the user change, by the names of its own parameters. */
export interface WindowParams {
  readonly kernel: string;
  readonly stride: string;
  readonly padding: string;
  /** Whether padding may be numbers per side. */
  readonly numericPadding: boolean;
}

/** The nearest change of one parameter that makes every division whole; each candidate is tried before it is offered. */
function fixesFor(
  input: Shape,
  window: Window,
  axes: readonly [AxisWindow, AxisWindow],
  names: WindowParams,
): readonly ParamFix[] {
  const fixes: ParamFix[] = [];
  const bad = axes.map((axis) => axis.out < 1 || axis.unseen > 0);
  const offer = (title: string, name: string, change: Partial<Window>, value: unknown): boolean => {
    const tried = axisWindows(input, { ...window, ...change });
    if (!whole(tried)) return false;
    fixes.push({ title: `${title} → ${sizesText(tried)}`, params: { [name]: value } });
    return true;
  };
  const nudge = (pair: Pair, by: number): Pair => [bad[0] ? pair[0] + by : pair[0], bad[1] ? pair[1] + by : pair[1]];

  if (names.numericPadding) {
    const sides = sidesOf(axes);
    for (let extra = 1; extra <= 16; extra += 1) {
      const pads: readonly [Pair, Pair] = [
        bad[0] ? [sides[0][0] + Math.floor(extra / 2), sides[0][1] + Math.ceil(extra / 2)] : sides[0],
        bad[1] ? [sides[1][0] + Math.floor(extra / 2), sides[1][1] + Math.ceil(extra / 2)] : sides[1],
      ];
      if (offer(`padding ${sidesText(pads)}`, names.padding, { padding: pads }, pads)) break;
    }
  } else if (window.padding === 'valid') {
    offer('padding same', names.padding, { padding: 'same' }, 'same');
  }
  const nearest = [-1, 1, -2, 2, -3, 3, -4, 4];
  for (const by of nearest) {
    const kernel = nudge(window.kernel, by);
    if (Math.min(...kernel) >= 1 && offer(`kernel ${pairText(kernel)}`, names.kernel, { kernel }, kernel)) break;
  }
  for (const by of nearest) {
    const stride = nudge(window.stride, by);
    if (Math.min(...stride) >= 1 && offer(`stride ${pairText(stride)}`, names.stride, { stride }, stride)) break;
  }
  return fixes;
}

/** `(14 + 0 − 4 − 1)/2`: the numerator and divisor in the user's numbers. */
function fractionText(axis: AxisWindow): string {
  const pad = axis.before === axis.after ? `2·${axis.before}` : `${axis.before} + ${axis.after}`;
  return `(${axis.size} + ${pad} − ${axis.dilation}·(${axis.kernel} − 1) − 1)/${axis.stride}`;
}

const decimal = (value: number) => Number(value.toFixed(3)).toString();

/** Slides a window over a rank-4 input. Errors when no window fits; warns where the division is not whole. */
export function slideWindow(
  input: Shape,
  window: Window,
  names: WindowParams,
): { readonly axes: readonly [AxisWindow, AxisWindow]; readonly problems: readonly Problem[] } {
  const axes = axisWindows(input, window);
  const problems: Problem[] = [];
  let offered = false;
  const fixesOnce = () => {
    if (offered) return [];
    offered = true;
    return fixesFor(input, window, axes, names);
  };
  axes.forEach((axis, i) => {
    const reach = axis.dilation * (axis.kernel - 1) + 1;
    const padded = axis.size + axis.before + axis.after;
    if (axis.out < 1) {
      problems.push(
        problem(
          'window.tooLarge',
          `The window doesn’t fit the ${axisNames[i]}: it spans ${axis.dilation}·(${axis.kernel} − 1) + 1 = ${reach}, ` +
            `the padded input has ${axis.size} + ${axis.before + axis.after} = ${padded}.`,
          { expected: `a window of at most ${padded}`, got: `${reach}`, params: [names.kernel], fixes: fixesOnce() },
        ),
      );
    } else if (axis.unseen > 0) {
      const [one, many] = lineNames[i] ?? lineNames[0];
      const value = (padded - reach) / axis.stride;
      problems.push(
        warning(
          'window.fraction',
          `Stride does not divide the ${axisNames[i]}: ${fractionText(axis)} = ${decimal(value)}, so ` +
            `${axis.unseen === 1 ? `the last ${one} is` : `the last ${axis.unseen} ${many} are`} never seen.`,
          {
            strict: true,
            expected: 'a whole number',
            got: decimal(value),
            params: [names.stride, names.padding, names.kernel],
            fixes: fixesOnce(),
          },
        ),
      );
    }
  });
  return { axes, problems };
}

/** The course's formula with the user's own numbers, an axis each; one for both where they agree. */
export function windowFormulas(input: Shape, window: Window, names: WindowParams): readonly Formula[] {
  const axes = axisWindows(input, window);
  const lines = (axis: AxisWindow): readonly (readonly Term[])[] => {
    const pad: readonly Term[] =
      axis.before === axis.after
        ? [' + 2·', { text: `${axis.before}`, param: names.padding }]
        : [' + ', { text: `${axis.before}`, param: names.padding }, ' + ', { text: `${axis.after}`, param: names.padding }];
    const numerator = axis.size + axis.before + axis.after - axis.dilation * (axis.kernel - 1) - 1;
    return [
      [
        '⌊(',
        { text: `${axis.size}`, input: true },
        ...pad,
        ' − ',
        { text: `${axis.dilation}`, param: 'dilation' },
        '·(',
        { text: `${axis.kernel}`, param: names.kernel },
        ' − 1) − 1)/',
        { text: `${axis.stride}`, param: names.stride },
        '⌋ + 1',
      ],
      [`= ⌊${numerator}/${axis.stride}⌋ + 1 = `, { text: `${axis.out}`, result: true }],
    ];
  };
  const alike = JSON.stringify(axes[0]) === JSON.stringify(axes[1]);
  return alike
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
    pads === 'valid' ? '' : pads === 'same' ? ' · same' : pads.flat().every((n) => n === 0) ? '' : ` · pad ${padText(pads)}`;
  return `${window.kernel.join('×')}${stride}${padding}${dilation}`;
}

function padText(pads: readonly [Pair, Pair]): string {
  const all = new Set(pads.flat());
  return all.size === 1 ? `${pads[0][0]}` : sidesText(pads);
}
