import type { Pair } from '@/core/params';
import { problem, warning, type ParamFix, type Problem } from '@/core/problem';
import { channels, type Shape } from '@/core/shape';
import { sizeProblem } from './size';
import {
  alike,
  axisWindows,
  MOST_WINDOW,
  paddedOf,
  pairText,
  reachOf,
  seesAll,
  sidesText,
  type AxisWindow,
  type Window,
  type WindowParams,
} from './windows';

const sizesText = (axes: readonly AxisWindow[]) =>
  axes[0]?.out === axes[1]?.out ? `${axes[0]?.out}` : axes.map((axis) => axis.out).join('×');

/** Whole numbers from 1 on, nearest to `from` first, the smaller of two first. */
function nearestTo(from: number): readonly number[] {
  const found: number[] = [];
  for (let by = 1; from - by >= 1 || from + by <= MOST_WINDOW; by += 1) {
    if (from - by >= 1) found.push(from - by);
    if (from + by <= MOST_WINDOW) found.push(from + by);
  }
  return found;
}

/** Padding that makes one axis whole: off where only padding goes unseen, as that changes no output; else on. */
function wholePadding(axis: AxisWindow): Pair {
  if (seesAll(axis)) return [axis.before, axis.after];
  if (axis.out >= 1 && axis.unseen <= axis.after) return [axis.before, axis.after - axis.unseen];
  const extra = axis.out < 1 ? reachOf(axis) - paddedOf(axis) : axis.stride - axis.unseen;
  return [axis.before + Math.floor(extra / 2), axis.after + Math.ceil(extra / 2)];
}

/** The nearest change of one parameter that lets windows see everything; each is tried before it is offered. */
function fixesFor(
  input: Shape,
  window: Window,
  axes: readonly [AxisWindow, AxisWindow],
  names: WindowParams,
): readonly ParamFix[] {
  const fixes: ParamFix[] = [];
  const offer = (title: string, name: string, change: Partial<Window>, value: unknown) => {
    const tried = axisWindows(input, { ...window, ...change });
    if (tried.every(seesAll)) fixes.push({ title: `${title} → ${sizesText(tried)}`, params: { [name]: value } });
  };
  /** The nearest value of a size on each axis that needs another. */
  const nearest = (part: 'kernel' | 'stride'): Pair | null => {
    const [first, second] = ([0, 1] as const).map((axis) => {
      const now = window[part][axis];
      const sees = (value: number) => {
        const tried: Pair = axis === 0 ? [value, window[part][1]] : [window[part][0], value];
        return seesAll(axisWindows(input, { ...window, [part]: tried })[axis]);
      };
      return seesAll(axes[axis]) ? now : nearestTo(now).find(sees);
    });
    return first === undefined || second === undefined ? null : [first, second];
  };

  if (names.numericPadding && axes.every((axis) => axis.out >= 1)) {
    const pads = [wholePadding(axes[0]), wholePadding(axes[1])] as const;
    offer(`padding ${sidesText(pads)}`, names.padding, { padding: pads }, pads);
  } else {
    offer('padding same', names.padding, { padding: 'same' }, 'same');
  }
  const kernel = nearest('kernel');
  if (kernel) offer(`kernel ${pairText(kernel)}`, names.kernel, { kernel }, kernel);
  const stride = nearest('stride');
  if (stride) offer(`stride ${pairText(stride)}`, names.stride, { stride }, stride);
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

interface AxisWords {
  readonly name: string;
  readonly line: string;
  readonly lines: string;
}
const words: readonly [AxisWords, AxisWords] = [
  { name: 'height', line: 'row', lines: 'rows' },
  { name: 'width', line: 'column', lines: 'columns' },
];
const bothWords: AxisWords = { name: 'height and width', line: 'row and column', lines: 'rows and columns' };

/** `the last row is never seen`; padding that goes unseen loses nothing of the input, so it is told apart. */
function unseenText(axis: AxisWindow, { line, lines }: AxisWords): string {
  const ofPadding = Math.min(axis.unseen, axis.after);
  const ofInput = axis.unseen - ofPadding;
  const last = (count: number) => (count === 1 ? `last ${line}` : `last ${count} ${lines}`);
  const are = (count: number) => (count === 1 && !line.includes(' and ') ? 'is' : 'are');
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
    expected: `a window of at most ${padded}`,
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

/** What is wrong, an axis each; told once where both say the same. Only the first carries the fixes: they mend both. */
function windowProblems(input: Shape, window: Window, names: WindowParams): readonly Problem[] {
  const axes = axisWindows(input, window);
  if (axes.every(seesAll)) return [];
  const fixes = fixesFor(input, window, axes, names);
  const tell = (axis: AxisWindow, word: AxisWords, offered: readonly ParamFix[]) =>
    axis.out < 1 ? tooLarge(axis, word, names, offered) : fraction(axis, word, names, offered);
  if (alike(axes)) return [tell(axes[0], bothWords, fixes)];
  const bad = ([0, 1] as const).filter((axis) => !seesAll(axes[axis]));
  return bad.map((axis, order) => tell(axes[axis], words[axis], order === 0 ? fixes : []));
}

/**
 * Slides a window over `[batch, height, width, channels]`: `[height', width']`, or `null` when no window fits or the
 * padded input could not be held. Warns where the division is not whole.
 */
export function slideWindow(
  input: Shape,
  window: Window,
  names: WindowParams,
): { readonly sizes: Pair | null; readonly problems: readonly Problem[] } {
  const axes = axisWindows(input, window);
  const problems = windowProblems(input, window, names);
  const numeric = typeof window.padding !== 'string';
  const padded = numeric
    ? sizeProblem([null, paddedOf(axes[0]), paddedOf(axes[1]), channels(input)], 'The padded input')
    : null;
  if (padded) return { sizes: null, problems: [padded, ...problems] };
  return { sizes: axes.every((axis) => axis.out >= 1) ? [axes[0].out, axes[1].out] : null, problems };
}

