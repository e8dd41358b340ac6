import { onEachAxis, type Shape } from '@/core/shape';
import type { Pair } from '@/core/params';
import { python, pythonCall, sizeArgument, type KerasCode, type NoEquivalent, type TorchCode } from '../emit';
import { torchPad } from './convolutionEmit';
import { isDilated, namedPadding, poolWindow, type PoolValues } from './pooling';
import { reachedOf } from './reached';
import { axisWindows, type AxisWindow } from './windows';

const same = (a: readonly unknown[], b: readonly unknown[]) => JSON.stringify(a) === JSON.stringify(b);
const areZero = (sides: readonly Pair[]) => sides.flat().every((count) => count === 0);

const windowsOf = (input: Shape, p: PoolValues) => axisWindows(input, poolWindow(p));
const exactSides = (axes: readonly AxisWindow[], overhangToo: boolean): readonly Pair[] =>
  axes.map(reachedOf).map(({ before, after, overhang }) => [before, overhangToo ? after + overhang : after]);

/** Windows stand side by side where nothing is said, in PyTorch and in Keras. */
const strideUnlessWindow = (p: PoolValues) => (same(p.stride, p.pool) ? undefined : sizeArgument(p.stride));
const dilationUnlessOne = (p: PoolValues) => (isDilated(p) ? sizeArgument(p.dilation ?? []) : undefined);

/** Whether the module can pad: PyTorch pads both sides alike, by half the window at most. */
const padsItself = (axes: readonly AxisWindow[]) =>
  axes.every(({ before, after, kernel }) => before === after && before <= kernel / 2);

/** The module of a pooling; one that can't pad itself has all that its windows reach in front of it. */
function torchModule(
  name: string,
  p: PoolValues,
  pads: readonly number[] | null,
  further: Readonly<Record<string, unknown>> = {},
): string {
  return pythonCall(`nn.${name}Pool${p.pool.length}d`, [sizeArgument(p.pool)], {
    stride: strideUnlessWindow(p),
    padding: pads?.some((pad) => pad > 0) ? sizeArgument(pads) : undefined,
    dilation: dilationUnlessOne(p),
    ceil_mode: pads && p.ceil ? true : undefined,
    ...further,
  });
}

function torchMax(input: Shape, p: PoolValues, further: Readonly<Record<string, unknown>> = {}) {
  const axes = windowsOf(input, p);
  const itself = padsItself(axes);
  const module = torchModule('Max', p, itself ? axes.map(({ before }) => before) : null, further);
  return { axes, module, sides: itself ? [] : exactSides(axes, true) };
}

/** Max pooling; padding that differs by side, and what rounding up adds to it, is −∞ in front. */
export function torchMaxPool(input: Shape, p: PoolValues): TorchCode {
  const { module, sides } = torchMax(input, p);
  return { module, call: `m(${torchPad('x', sides, '-math.inf')})`, layout: 'first', weights: {} };
}

/** Max pooling that also tells places; where the padding differs by side they count the padded plane, and are moved. */
export function torchMaxPoolWithIndices(input: Shape, p: PoolValues): TorchCode {
  const { axes, module, sides } = torchMax(input, p, { return_indices: true });
  const common = { module, layout: 'first', weights: {} } as const;
  if (areZero(sides)) return { ...common, call: 'm(x)' };
  const paddedSizes = axes.map(({ size }, i) => size + (sides[i]?.[0] ?? 0) + (sides[i]?.[1] ?? 0));
  const product = (sizes: readonly number[]) => sizes.reduce((all, size) => all * size, 1);
  const terms = axes.map(({ size, before }, i) => {
    const inner = product(paddedSizes.slice(i + 1));
    const quotient = inner === 1 ? 'i' : `i // ${inner}`;
    const line = i === 0 ? quotient : `${quotient} % ${paddedSizes[i] ?? size}`;
    const moved = before === 0 && inner === 1 ? line : `(${line}${before === 0 ? '' : ` - ${before}`})`;
    const step = product(axes.slice(i + 1).map((axis) => axis.size));
    return step === 1 ? moved : `${moved} * ${step}`;
  });
  return {
    ...common,
    call: `(lambda y, i: (y, ${terms.join(' + ')}))(*m(${torchPad('x', sides, '-math.inf')}))`,
  };
}

/** Average pooling; where the module can't pad itself, a mean over the cells that count is a share of that of ones. */
export function torchAveragePool(input: Shape, p: PoolValues, countPadding: boolean): TorchCode {
  const axes = windowsOf(input, p);
  const common = { layout: 'first', weights: {} } as const;
  // PyTorch's pools of volumes take none that is smaller than the window, padded or not.
  const tooSmall = axes.length === 3 && axes.some(({ size, kernel }) => size < kernel);
  if (padsItself(axes) && !tooSmall) {
    const pads = axes.map(({ before }) => before);
    const leavesOut = !countPadding && pads.some((pad) => pad > 0);
    const module = torchModule('Avg', p, pads, { count_include_pad: leavesOut ? false : undefined });
    return { ...common, module, call: 'm(x)' };
  }
  const all = exactSides(axes, true);
  const counted = countPadding ? exactSides(axes, false) : axes.map((): Pair => [0, 0]);
  const uncounted = all.map(([before, after], i): Pair => {
    const [first, last] = counted[i] ?? [0, 0];
    return [before - first, after - last];
  });
  const mean = `m(${torchPad('x', all)})`;
  const ones = `torch.ones_like(${torchPad('x', counted)})`;
  const call = areZero(uncounted) ? mean : `${mean} / m(${torchPad(ones, uncounted)})`;
  return { ...common, module: torchModule('Avg', p, null), call };
}

/** `ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))`. */
function kerasPad(x: string, sides: readonly Pair[], value?: string): string {
  if (areZero(sides)) return x;
  const widths = python([[0, 0], ...sides, [0, 0]]);
  return `ops.pad(${x}, ${widths}${value === undefined ? '' : `, constant_values=${value}`})`;
}

const kerasLayer = (name: string, p: PoolValues, padding: 'valid' | 'same' = 'valid') =>
  pythonCall(`layers.${name}Pooling${p.pool.length}D`, [sizeArgument(p.pool)], {
    strides: strideUnlessWindow(p),
    padding: padding === 'valid' ? undefined : padding,
  });

export function kerasMaxPool(input: Shape, p: PoolValues): KerasCode | NoEquivalent {
  if (isDilated(p)) return { none: 'Keras has no dilated pooling.' };
  const padding = namedPadding(input, p);
  if (padding) return { call: `${kerasLayer('Max', p, padding)}(x)` };
  return { call: `${kerasLayer('Max', p)}(${kerasPad('x', exactSides(windowsOf(input, p), true), '-float("inf")')})` };
}

export function kerasAveragePool(input: Shape, p: PoolValues, countPadding: boolean): KerasCode | NoEquivalent {
  const axes = windowsOf(input, p);
  const counted = countPadding ? exactSides(axes, false) : onEachAxis<Pair>(axes.length, [0, 0]);
  if (areZero(counted)) {
    const padding = namedPadding(input, p);
    if (padding) return { call: `${kerasLayer('Average', p, padding)}(x)` };
    const padded = (x: string) => `${kerasLayer('Average', p)}(${kerasPad(x, exactSides(axes, true))})`;
    return { call: `${padded('x')} / ${padded('ops.ones_like(x)')}` };
  }
  if (axes.some((axis) => reachedOf(axis).overhang > 0)) {
    return { none: 'Keras’ average pooling does not round the number of windows up.' };
  }
  return { call: `${kerasLayer('Average', p)}(${kerasPad('x', counted)})` };
}
