import type { Pair } from '@/core/params';
import { problem, warning, type ParamFix, type Problem } from '@/core/problem';
import { channels, type Shape } from '@/core/shape';
import { listed } from '@/core/words';
import { sizeProblem } from './size';
import {
  alikeAxes,
  axesText,
  axisNames,
  axisWindow,
  axisWindows,
  MOST_WINDOW,
  paddedOf,
  reachOf,
  seesAll,
  sidesText,
  type AxisWindow,
  type Window,
  type WindowParams,
} from './windows';

const sizesText = (axes: readonly { readonly out: number }[]) => axesText(axes.map(({ out }) => out));

/** Whole numbers from 1 on, nearest to `from` first, the smaller of two first. */
function nearestTo(from: number): readonly number[] {
  const found: number[] = [];
  for (let by = 1; from - by >= 1 || from + by <= MOST_WINDOW; by += 1) {
    if (from - by >= 1) found.push(from - by);
    if (from + by <= MOST_WINDOW) found.push(from + by);
  }
  return found;
}

/** For each axis the number nearest to what it has now that is fine there; `null` where an axis has none. */
export function nearestOnEach(
  now: readonly number[],
  isFine: (values: readonly number[], axis: number) => boolean,
): readonly number[] | null {
  const found = now.map((value, axis) =>
    [value, ...nearestTo(value)].find((tried) => isFine(now.with(axis, tried), axis)),
  );
  return found.every((value) => value !== undefined) ? found : null;
}

/** Padding that makes one axis whole: off where only padding goes unseen, as that changes no output; else on. */
function wholePadding(axis: AxisWindow, causal: boolean): Pair {
  if (seesAll(axis)) return [axis.before, axis.after];
  if (axis.out >= 1 && axis.unseen <= axis.after) return [axis.before, axis.after - axis.unseen];
  const extra = axis.out < 1 ? reachOf(axis) - paddedOf(axis) : axis.stride - axis.unseen;
  // What is causal stays so: nothing after the last step.
  if (causal) return [axis.before + extra, axis.after];
  return [axis.before + Math.floor(extra / 2), axis.after + Math.ceil(extra / 2)];
}

/** The nearest change of one parameter that lets windows see everything; each is tried before it is offered. */
function fixesFor(
  input: Shape,
  window: Window,
  axes: readonly AxisWindow[],
  names: WindowParams,
): readonly ParamFix[] {
  const fixes: ParamFix[] = [];
  const offer = (title: string, name: string, change: Partial<Window>, value: unknown) => {
    const changed = { ...window, ...change };
    const tried = axisWindows(input, changed);
    const works = tried.every(seesAll) && !(names.halfPadding && padsTooMuch(changed));
    if (works) fixes.push({ title: `${title} → ${sizesText(tried)}`, params: { [name]: value } });
    return works;
  };
  const nearest = (part: 'kernel' | 'stride') =>
    nearestOnEach(window[part], (values, axis) =>
      seesAll(axisWindow(input[axis + 1] ?? 1, { ...window, [part]: values }, axis)),
    );

  const causal = window.padding === 'causal';
  const pads = axes.map((axis) => wholePadding(axis, causal));
  const padded =
    names.numericPadding &&
    axes.every((axis) => axis.out >= 1) &&
    offer(`padding ${sidesText(pads)}`, names.padding, { padding: pads }, pads);
  if (!padded && !causal) offer('padding same', names.padding, { padding: 'same' }, 'same');
  if (names.ceil && !window.ceil) offer('round up', names.ceil, { ceil: true }, true);
  const kernel = nearest('kernel');
  if (kernel) offer(`kernel ${axesText(kernel)}`, names.kernel, { kernel }, kernel);
  const stride = nearest('stride');
  if (stride) offer(`stride ${axesText(stride)}`, names.stride, { stride }, stride);
  return fixes;
}

/** `2·(3 − 1) − 1` after the minus; a window that cannot be dilated just has its size there. */
const takenText = (axis: AxisWindow, names: WindowParams) =>
  names.dilation === null ? `${axis.kernel}` : `${axis.dilation}·(${axis.kernel} − 1) − 1`;

/** `(10 + 2·0 − 1·(3 − 1) − 1)/2`: the division in the user's numbers. */
function fractionText(axis: AxisWindow, names: WindowParams): string {
  const pad = axis.before === axis.after ? `2·${axis.before}` : `${axis.before} + ${axis.after}`;
  return `(${axis.size} + ${pad} − ${takenText(axis, names)})/${axis.stride}`;
}

const decimal = (value: number) => Number(value.toFixed(3)).toString();

/** What some of the axes are called, and the lines that they count. */
interface AxisWords {
  readonly name: string;
  readonly line: string;
  readonly lines: string;
  readonly several: boolean;
}
const lineOf: Readonly<Record<string, string>> = { steps: 'step', depth: 'slice', height: 'row', width: 'column' };
function wordsFor(rank: number, group: readonly number[]): AxisWords {
  const line = group.map((axis) => lineOf[axisNames(rank, [axis])] ?? 'line');
  return {
    name: axisNames(rank, group),
    line: listed(line),
    lines: listed(line.map((word) => `${word}s`)),
    several: group.length > 1,
  };
}

/** `the last row is never seen`; padding that goes unseen loses nothing of the input, so it is told apart. */
function unseenText(axis: AxisWindow, { line, lines, several }: AxisWords): string {
  const ofPadding = Math.min(axis.unseen, axis.after);
  const ofInput = axis.unseen - ofPadding;
  const last = (count: number) => (count === 1 ? `last ${line}` : `last ${count} ${lines}`);
  const are = (count: number) => (count === 1 && !several ? 'is' : 'are');
  if (ofInput === 0) return `the ${last(ofPadding)} of the padding ${are(ofPadding)} never seen`;
  const padding = ofPadding === 0 ? '' : ', with the padding after, ';
  return `the ${last(ofInput)} of the input${padding || ' '}${are(ofInput)} never seen`;
}

function tooLarge(axis: AxisWindow, { name }: AxisWords, names: WindowParams, fixes: readonly ParamFix[]): Problem {
  const reach = reachOf(axis);
  const padded = paddedOf(axis);
  const span = names.dilation === null ? `${reach}` : `${axis.dilation}·(${axis.kernel} − 1) + 1 = ${reach}`;
  const has =
    axis.before + axis.after === 0
      ? `${padded}`
      : `with its padding ${axis.size} + ${axis.before + axis.after} = ${padded}`;
  return problem('window.tooLarge', `The window doesn’t fit the ${name}: it spans ${span}, the input has ${has}.`, {
    expected: `a window of at most ${padded + (axis.ceil ? axis.stride - 1 : 0)}`,
    got: `${reach}`,
    params: names.dilation === null ? [names.kernel] : [names.kernel, names.dilation],
    fixes,
  });
}

function fraction(axis: AxisWindow, word: AxisWords, names: WindowParams, fixes: readonly ParamFix[]): Problem {
  const value = decimal((paddedOf(axis) - reachOf(axis)) / axis.stride);
  const fitting = [axis.size - axis.unseen, axis.size - axis.unseen + axis.stride].filter((size) => size >= 1);
  return warning(
    'window.fraction',
    `The stride does not divide the ${word.name}: ${fractionText(axis, names)} = ${value}, ` +
      `so ${unseenText(axis, word)}. Sizes it divides: ${fitting.join(', ')}.`,
    {
      strict: true,
      expected: 'a whole number',
      got: value,
      params: [names.stride, names.padding, names.kernel],
      fixes,
    },
  );
}

const mostHalf = (kernel: number) => Math.floor(kernel / 2);
const padsTooMuch = ({ padding, kernel }: Window): boolean =>
  typeof padding !== 'string' && padding.some((pad, axis) => Math.max(...pad) > mostHalf(kernel[axis] ?? 1));

/**
 * Numbers per side of more than half the window, where some windows would lie in padding alone: PyTorch refuses them
 * for pools, whose mean or maximum of nothing is undefined.
 */
export function halfPaddingProblem(input: Shape, window: Window, names: WindowParams): Problem | null {
  const { padding, kernel } = window;
  if (typeof padding === 'string' || !padsTooMuch(window)) return null;
  const fixes: ParamFix[] = [];
  const offer = (title: string, name: string, change: Partial<Window>, value: unknown) => {
    const changed = { ...window, ...change };
    const tried = axisWindows(input, changed);
    if (padsTooMuch(changed) || !tried.every(({ out }) => out >= 1)) return;
    fixes.push({ title: `${title} → ${sizesText(tried)}`, params: { [name]: value } });
  };
  const pads = padding.map((pad, axis): Pair => {
    const most = mostHalf(kernel[axis] ?? 1);
    return [Math.min(pad[0], most), Math.min(pad[1], most)];
  });
  offer(`padding ${sidesText(pads)}`, names.padding, { padding: pads }, pads);
  const wider = kernel.map((size, axis) => Math.max(size, 2 * Math.max(...(padding[axis] ?? [0]))));
  if (Math.max(...wider) <= MOST_WINDOW) {
    offer(`window ${axesText(wider)}`, names.kernel, { kernel: wider }, wider);
  }
  offer('padding valid', names.padding, { padding: 'valid' }, 'valid');
  offer('padding same', names.padding, { padding: 'same' }, 'same');
  const axis = padding.findIndex((pad, i) => Math.max(...pad) > mostHalf(kernel[i] ?? 1));
  const got = Math.max(...(padding[axis] ?? [0]));
  const size = kernel[axis] ?? 1;
  return problem(
    'window.padding',
    `Padding may be at most half the window, or windows would see nothing else: ` +
      `for the ${axisNames(kernel.length, [axis])}, ${got} is more than ${size}/2 = ${decimal(size / 2)}.`,
    { expected: `at most ${mostHalf(size)}`, got: `${got}`, params: [names.padding, names.kernel], fixes },
  );
}

/** What is wrong, an axis each; told once where axes say the same. Only the first carries the fixes: they mend all. */
function windowProblems(
  input: Shape,
  window: Window,
  axes: readonly AxisWindow[],
  names: WindowParams,
): readonly Problem[] {
  if (axes.every(seesAll)) return [];
  const fixes = fixesFor(input, window, axes, names);
  return alikeAxes(axes)
    .map((group) => ({ axis: axes[group[0] ?? 0]!, words: wordsFor(axes.length, group) }))
    .filter(({ axis }) => !seesAll(axis))
    .map(({ axis, words }, order) => {
      const offered = order === 0 ? fixes : [];
      return axis.out < 1 ? tooLarge(axis, words, names, offered) : fraction(axis, words, names, offered);
    });
}

/**
 * Slides a window over `[batch, …, channels]`: the sizes of the spatial axes, or `null` when no window fits, the
 * padding is more than the layer may have, or the padded input could not be held. Warns where a division is not whole.
 */
export function slideWindow(
  input: Shape,
  window: Window,
  names: WindowParams,
): { readonly sizes: readonly number[] | null; readonly problems: readonly Problem[] } {
  const overpadded = names.halfPadding ? halfPaddingProblem(input, window, names) : null;
  if (overpadded) return { sizes: null, problems: [overpadded] };
  const axes = axisWindows(input, window);
  const problems = windowProblems(input, window, axes, names);
  const paddedHere = typeof window.padding !== 'string' || window.padding === 'causal';
  const padded = paddedHere
    ? sizeProblem([null, ...axes.map(paddedOf), channels(input)], 'The padded input')
    : null;
  if (padded) return { sizes: null, problems: [padded, ...problems] };
  return { sizes: axes.every((axis) => axis.out >= 1) ? axes.map((axis) => axis.out) : null, problems };
}
