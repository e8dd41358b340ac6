import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Padding, Pair } from '@/core/params';
import type { Rank, Shape } from '@/core/shape';
import { halfPaddingProblem, slideWindow } from './sliding';
import {
  axisWindow,
  overhangOf,
  paddedOf,
  windowFormulas,
  windowText,
  type Window,
  type WindowParams,
} from './windows';

const names: WindowParams = {
  kernel: 'kernel',
  stride: 'stride',
  padding: 'padding',
  dilation: 'dilation',
  numericPadding: true,
};
const plain: Window = { kernel: [3], stride: [1], dilation: [1], padding: 'valid' };
const ranks: readonly Rank[] = [1, 2, 3];

/** One axis laid by hand: every window's places are listed, and every line that one of them reaches. */
function layByHand(size: number, window: Window, axis: number) {
  const [kernel, stride, dilation] = [window.kernel[axis]!, window.stride[axis]!, window.dilation[axis]!];
  const places = (start: number) => Array.from({ length: kernel }, (_, i) => start + i * dilation);
  const reach = places(0).at(-1)! + 1;
  const { padding } = window;
  let before = 0;
  let after = 0;
  if (padding === 'causal') before = reach - 1;
  else if (typeof padding !== 'string') [before, after] = padding[axis]!;
  const padded = size + before + after;
  let out = 0;
  let end = 0;
  for (let start = 0; ; start += stride) {
    const last = places(start).at(-1)!;
    // Rounding up takes one window more that begins inside but reaches out, by less than a stride.
    const fits = window.ceil ? last < padded - 1 + stride && (start === 0 || start < size + before) : last < padded;
    if (!fits) break;
    out += 1;
    end = last + 1;
  }
  return { out, unseen: out === 0 || window.ceil ? 0 : padded - end };
}

const between = (min: number, max: number) => fc.integer({ min, max });
const onAxes = <T>(rank: number, value: fc.Arbitrary<T>) => fc.array(value, { minLength: rank, maxLength: rank });
const anyPads = (rank: number) => onAxes(rank, fc.tuple(between(0, 4), between(0, 4)));
const anyWindow = (rank: number, padding: fc.Arbitrary<Padding>): fc.Arbitrary<Window> =>
  fc
    .record({
      kernel: onAxes(rank, between(1, 9)),
      stride: onAxes(rank, between(1, 5)),
      dilation: onAxes(rank, between(1, 3)),
      padding,
      ceil: fc.boolean(),
    })
    .map((window) => (window.ceil ? { ...window, padding: halved(window.padding, window.kernel) } : window));
/** Only pools round up, and their padding is at most half the window. */
const halved = (padding: Padding, kernel: readonly number[]): Padding =>
  typeof padding === 'string'
    ? padding
    : padding.map((pad, axis): Pair => {
        const most = Math.floor(kernel[axis]! / 2);
        return [Math.min(pad[0], most), Math.min(pad[1], most)];
      });
const anyInput = (rank: number): fc.Arbitrary<Shape> =>
  onAxes(rank, between(1, 14)).map((sizes): Shape => [null, ...sizes, 2]);

describe.each(ranks)('windows over %i axes', (rank) => {
  const numbers = anyPads(rank);
  const named = fc.constantFrom<Padding>('valid', ...(rank === 1 ? (['causal'] as const) : []));
  const padding = fc.oneof(named, numbers);

  it('are as many as can be laid by hand, and the lines none reaches are told', () => {
    fc.assert(
      fc.property(anyInput(rank), anyWindow(rank, padding), (input, window) => {
        const byHand = window.kernel.map((_, axis) => layByHand(input[axis + 1] ?? 1, window, axis));
        const { sizes, problems } = slideWindow(input, window, names);
        expect(sizes).toEqual(byHand.some(({ out }) => out === 0) ? null : byHand.map(({ out }) => out));
        expect(problems.length > 0).toBe(byHand.some(({ out, unseen }) => out === 0 || unseen > 0));
      }),
      { seed: 11, numRuns: 500 },
    );
  });

  it('give ⌈size/stride⌉ with `same`, padded by at most one more at the end', () => {
    fc.assert(
      fc.property(anyInput(rank), anyWindow(rank, fc.constant('same')), (input, window) => {
        const { sizes, problems } = slideWindow(input, window, names);
        expect(sizes).toEqual(window.stride.map((stride, axis) => Math.ceil((input[axis + 1] ?? 1) / stride)));
        expect(problems).toEqual([]);
        window.kernel.forEach((_, axis) => {
          const { before, after } = axisWindow(input[axis + 1] ?? 1, window, axis);
          expect([0, 1]).toContain(after - before);
        });
      }),
      { seed: 12, numRuns: 200 },
    );
  });

  it('that leave something wrong come with fixes, each of which mends it and gives the size it says', () => {
    let offered = 0;
    const pools = fc.record({ halfPadding: fc.boolean(), ceil: fc.constantFrom(undefined, 'ceil') });
    fc.assert(
      fc.property(anyInput(rank), anyWindow(rank, padding), pools, (input, window, pool) => {
        const own = { ...names, ...pool };
        const { problems } = slideWindow(input, window, own);
        if (problems.length > 0) expect(problems[0]?.fixes).not.toEqual([]);
        for (const { code, fixes = [] } of problems) {
          for (const fix of fixes) {
            offered += 1;
            const mended = slideWindow(input, { ...window, ...fix.params }, own);
            expect(mended.problems.map((left) => left.code)).not.toContain(code);
            if (code !== 'window.padding') expect(mended.problems, fix.title).toEqual([]);
            const sizes = mended.sizes ?? [];
            const text = new Set(sizes).size === 1 ? `${sizes[0]}` : sizes.join('×');
            expect(fix.title.split(' → ')[1]).toBe(text);
          }
        }
      }),
      { seed: 13, numRuns: 400 },
    );
    expect(offered).toBeGreaterThan(300);
  });
});

describe('rounding up', () => {
  // PyTorch 2.13, MaxPool1d(kernel, stride, padding, dilation, ceil_mode=True).
  it.each([
    [6, 2, 4, 0, 3, 2],
    [7, 1, 2, 0, 1, 4],
    [10, 3, 5, 0, 3, 2],
    [6, 1, 5, 0, 3, 2],
    [11, 5, 4, 1, 2, 2],
    [10, 4, 3, 0, 2, 2],
    [13, 2, 2, 1, 1, 7],
    [9, 4, 3, 1, 3, 2],
    [7, 2, 3, 1, 1, 3],
    [6, 3, 5, 1, 2, 2],
    [2, 1, 3, 0, 2, 1],
    [1, 3, 5, 1, 3, 1],
    [6, 2, 5, 1, 1, 2],
    [1, 2, 3, 0, 1, 1],
    [7, 4, 4, 0, 1, 2],
    [14, 4, 5, 2, 2, 4],
    [1, 4, 5, 1, 1, 1],
    [5, 1, 2, 0, 2, 3],
    [14, 5, 5, 2, 3, 2],
    [5, 2, 2, 1, 1, 3],
    [6, 3, 4, 1, 1, 2],
    [1, 2, 5, 1, 1, 1],
    [2, 5, 1, 2, 2, null],
    [9, 4, 1, 0, 3, null],
    [2, 5, 5, 0, 3, null],
  ])('agrees with PyTorch: %i lines, kernel %i, stride %i, padding %i, dilation %i give %s', (...row) => {
    const [size, kernel, stride, pad, dilation, out] = row as [number, number, number, number, number, number | null];
    const window: Window = {
      kernel: [kernel],
      stride: [stride],
      dilation: [dilation],
      padding: [[pad, pad]],
      ceil: true,
    };
    expect(slideWindow([null, size, 1], window, names).sizes).toEqual(out === null ? null : [out]);
  });

  it('shows the course’s formula with ⌈ ⌉, and says when the last window is left out', () => {
    const text = (size: number, window: Window) =>
      windowFormulas([null, size, 1], window, names)[0]?.lines.map((line) =>
        line.map((term) => (typeof term === 'string' ? term : term.text)).join(''),
      );
    const up: Window = { ...plain, kernel: [2], stride: [2], ceil: true };
    expect(text(5, up)).toEqual(['⌈(5 + 2·0 − 1·(2 − 1) − 1)/2⌉ + 1', '= ⌈3/2⌉ + 1 = 3']);
    expect(text(5, { ...up, padding: [[1, 1]] })).toEqual([
      '⌈(5 + 2·1 − 1·(2 − 1) − 1)/2⌉ + 1 − 1 (the last would begin past the input)',
      '= ⌈5/2⌉ + 1 − 1 = 3',
    ]);
  });

  it('reaches beyond the padded input by less than a stride', () => {
    const axis = axisWindow(5, { ...plain, kernel: [2], stride: [2], ceil: true }, 0);
    expect([axis.out, paddedOf(axis), overhangOf(axis)]).toEqual([3, 5, 1]);
  });
});

describe('what is said', () => {
  const told = (input: Shape, window: Window) =>
    slideWindow(input, window, names).problems.map(({ message }) => message);

  it('is about steps in a sequence', () => {
    expect(told([null, 10, 4], { ...plain, stride: [2] })).toEqual([
      'The stride does not divide the steps: (10 + 2·0 − 1·(3 − 1) − 1)/2 = 3.5, so the last step of the input is ' +
        'never seen. Sizes it divides: 9, 11.',
    ]);
    expect(told([null, 2, 4], plain)).toEqual([
      'The window doesn’t fit the steps: it spans 1·(3 − 1) + 1 = 3, the input has 2.',
    ]);
  });

  it('is about slices, rows and columns in a volume, told once for the axes that agree', () => {
    const cube: Window = { kernel: [3, 3, 3], stride: [2, 2, 2], dilation: [1, 1, 1], padding: 'valid' };
    expect(told([null, 10, 10, 10, 1], cube)[0]).toContain(
      'does not divide the depth, height and width: (10 + 2·0 − 1·(3 − 1) − 1)/2 = 3.5, ' +
        'so the last slice, row and column of the input are never seen',
    );
    const [depth, plane, ...rest] = told([null, 8, 10, 10, 1], cube);
    expect(depth).toContain('divide the depth: (8 + 2·0 − 1·(3 − 1) − 1)/2 = 2.5, so the last slice of the input is');
    expect(plane).toContain('divide the height and width');
    expect(rest).toEqual([]);
  });

  it('is one formula for axes that agree', () => {
    const titles = (input: Shape, window: Window) => windowFormulas(input, window, names).map(({ title }) => title);
    const cube: Window = { kernel: [3, 3, 3], stride: [1, 1, 1], dilation: [1, 1, 1], padding: 'same' };
    expect(titles([null, 9, 9, 9, 1], cube)).toEqual(['Output size, depth, height and width']);
    expect(titles([null, 4, 9, 9, 1], cube)).toEqual(['Output size, depth', 'Output size, height and width']);
    expect(titles([null, 9, 1], plain)).toEqual(['Output size, steps']);
  });

  it('is short on a node', () => {
    expect(windowText({ ...plain, padding: 'causal', dilation: [4] })).toBe('3 · causal · dil 4');
    const one: Pair = [1, 1];
    const cube = { kernel: [3, 3, 3], stride: [1, 2, 2], dilation: [1, 1, 1], padding: [one, one, one] };
    expect(windowText(cube)).toBe('3×3×3 / 1×2×2 · pad 1');
  });
});

describe('causal padding', () => {
  it('puts all before: dilation·(kernel − 1), so that an output sees no later step', () => {
    const window: Window = { ...plain, dilation: [4], padding: 'causal' };
    expect(axisWindow(20, window, 0)).toMatchObject({ before: 8, after: 0, out: 20, unseen: 0 });
  });

  it('stays causal where a fix pads more', () => {
    const { problems } = slideWindow([null, 10, 1], { ...plain, stride: [2], padding: 'causal' }, names);
    expect(problems[0]?.fixes?.[0]).toEqual({ title: 'padding 3/0 → 6', params: { padding: [[3, 0]] } });
  });
});

describe('padding of a pool', () => {
  const pad = (kernel: number, sides: Pair) =>
    halfPaddingProblem([null, 9, 1], { ...plain, kernel: [kernel], padding: [sides] }, names);

  it('may be at most half the window, as in PyTorch', () => {
    expect(pad(2, [1, 1])).toBeNull();
    expect(pad(3, [1, 0])).toBeNull();
    expect(pad(3, [0, 2])?.message).toBe(
      'Padding may be at most half the window, or windows would see nothing else: ' +
        'for the steps, 2 is more than 3/2 = 1.5.',
    );
    expect(pad(3, [0, 2])?.fixes?.map(({ title }) => title)).toEqual([
      'padding 0/1 → 8',
      'window 4 → 8',
      'padding valid → 7',
      'padding same → 9',
    ]);
  });
});

it('a padded input that no array could hold is refused, in any rank', () => {
  const wide: Pair = [1_000_000, 1_000_000];
  const ones = [1, 1, 1];
  const big: Window = { kernel: ones, stride: [1000, 1000, 1000], dilation: ones, padding: [wide, wide, [0, 0]] };
  expect(slideWindow([null, 1, 1, 1, 1], big, names).problems[0]?.code).toBe('size');
  const far: Window = { kernel: [1024], stride: [1], dilation: [3_000_000], padding: 'causal' };
  expect(slideWindow([null, 9, 1], far, names).problems[0]?.code).toBe('size');
});
