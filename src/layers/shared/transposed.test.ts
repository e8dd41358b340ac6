import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Padding } from '@/core/params';
import type { Rank, Shape } from '@/core/shape';
import {
  transposedAxes,
  transposedFormulas,
  transposeWindow,
  type TransposedParams,
  type TransposedWindow,
} from './transposed';
import { axisWindows } from './windows';

const names: TransposedParams = {
  kernel: 'kernel',
  stride: 'stride',
  padding: 'padding',
  dilation: 'dilation',
  outputPadding: 'outputPadding',
  numericPadding: true,
};
const plain: TransposedWindow = { kernel: [3], stride: [2], dilation: [1], padding: 'valid', outputPadding: [0] };
const transpose = (input: Shape, window: TransposedWindow) => transposeWindow(input, window, names, 1);

/** Lines that windows write, one by one, then what is cut off and added. */
function spreadByHand(size: number, window: TransposedWindow, axis: number): number {
  const written = new Set<number>();
  for (let i = 0; i < size; i += 1)
    for (let k = 0; k < window.kernel[axis]!; k += 1)
      written.add(i * window.stride[axis]! + k * window.dilation[axis]!);
  const [before, after] = typeof window.padding === 'string' ? [0, 0] : window.padding[axis]!;
  return Math.max(...written) + 1 - before - after + window.outputPadding[axis]!;
}

const between = (min: number, max: number) => fc.integer({ min, max });
const onAxes = <T>(rank: number, value: fc.Arbitrary<T>) => fc.array(value, { minLength: rank, maxLength: rank });
const anyInput = (rank: number): fc.Arbitrary<Shape> =>
  onAxes(rank, between(1, 6)).map((sizes): Shape => [null, ...sizes, 2]);
const anyWindow = (rank: number, padding: fc.Arbitrary<Padding>, most = 3): fc.Arbitrary<TransposedWindow> =>
  fc.record({
    kernel: onAxes(rank, between(1, 5)),
    stride: onAxes(rank, between(1, 4)),
    dilation: onAxes(rank, between(1, 3)),
    padding,
    outputPadding: onAxes(rank, between(0, most)),
  });
const numbers = (rank: number) => onAxes(rank, fc.tuple(between(0, 4), between(0, 4)));
const ranks: readonly Rank[] = [1, 2, 3];

describe.each(ranks)('transposed windows over %i axes', (rank) => {
  it('cover what their windows write, less the padding', () => {
    fc.assert(
      fc.property(anyInput(rank), anyWindow(rank, numbers(rank)), (input, window) => {
        const byHand = window.kernel.map((_, axis) => spreadByHand(input[axis + 1] ?? 1, window, axis));
        expect(transposedAxes(input, window).map(({ out }) => out)).toEqual(byHand);
      }),
      { seed: 21, numRuns: 300 },
    );
  });

  it('undo the size of the convolution that they transpose, whichever way it is padded', () => {
    const padding = fc.oneof(fc.constantFrom<Padding>('valid', 'same'), numbers(rank));
    fc.assert(
      fc.property(anyInput(rank), anyWindow(rank, padding, 0), (input, window) => {
        const { sizes } = transpose(input, window);
        if (!sizes) return;
        const back = axisWindows([null, ...sizes, 1], window);
        expect(back.map(({ out }) => out)).toEqual(input.slice(1, -1));
        if (typeof window.padding === 'string')
          expect(back.map(({ before, after }) => [before, after])).toEqual(
            transposedAxes(input, window).map(({ before, after }) => [before, after]),
          );
      }),
      { seed: 22, numRuns: 300 },
    );
  });

  it('that leave something wrong come with fixes, each of which mends it', () => {
    let offered = 0;
    const padding = fc.oneof(fc.constantFrom<Padding>('valid', 'same'), numbers(rank));
    fc.assert(
      fc.property(anyInput(rank), anyWindow(rank, padding), (input, window) => {
        const { problems } = transpose(input, window);
        for (const code of new Set(problems.map((found) => found.code))) {
          const fixes = problems.filter((found) => found.code === code).flatMap((found) => found.fixes ?? []);
          expect(fixes, code).not.toEqual([]);
          for (const fix of fixes) {
            offered += 1;
            const mended = transpose(input, { ...window, ...fix.params });
            const left = mended.problems.map((found) => found.code);
            expect(left, fix.title).not.toContain(code);
            if (problems.every((found) => found.code === code)) expect(left, fix.title).toEqual([]);
          }
        }
      }),
      { seed: 23, numRuns: 400 },
    );
    expect(offered).toBeGreaterThan(200);
  });
});

// PyTorch 2.13, ConvTranspose1d(1, 1, kernel, stride, padding, output_padding, dilation=…), or which of its errors.
it.each([
  [2, 2, 4, 2, 1, 2, 4],
  [6, 4, 1, 3, 1, 3, 'transposed.outputPadding'],
  [8, 4, 3, 1, 1, 0, 23],
  [6, 3, 4, 1, 3, 0, 25],
  [4, 5, 3, 4, 1, 0, 6],
  [9, 3, 1, 2, 3, 2, 13],
  [3, 3, 2, 4, 3, 2, 5],
  [4, 5, 2, 3, 1, 1, 6],
  [4, 5, 4, 0, 2, 0, 21],
  [5, 4, 3, 4, 1, 2, 10],
  [4, 4, 2, 1, 2, 3, 'transposed.outputPadding'],
  [1, 4, 3, 0, 3, 0, 10],
  [7, 2, 4, 3, 1, 2, 22],
  [3, 5, 4, 2, 3, 1, 18],
  [5, 2, 3, 1, 3, 2, 16],
  [8, 5, 4, 1, 3, 1, 40],
  [3, 2, 2, 4, 2, 0, 'transposed.empty'],
  [8, 3, 2, 2, 3, 3, 'transposed.outputPadding'],
  [9, 5, 4, 1, 3, 2, 45],
  [1, 1, 4, 0, 3, 0, 1],
  [2, 1, 1, 1, 1, 0, 'transposed.empty'],
] as const)(
  'agrees with PyTorch: %i lines, kernel %i, stride %i, padding %i, dilation %i, output padding %i give %s',
  (size, kernel, stride, pad, dilation, outputPadding, out) => {
    const { sizes, problems } = transpose([null, size, 1], {
      kernel: [kernel],
      stride: [stride],
      dilation: [dilation],
      padding: [[pad, pad]],
      outputPadding: [outputPadding],
    });
    expect(sizes?.[0] ?? problems[0]?.code).toBe(out);
  },
);

// Keras 3: `valid` is in·stride + max(reach − stride, 0), `same` is in·stride.
it.each([
  [{ kernel: [3] }, 11, 10],
  [{ kernel: [2] }, 10, 10],
  [{ kernel: [1], stride: [3] }, 15, 15],
  [{ kernel: [3], dilation: [2] }, 13, 10],
])('agrees with Keras: 5 lines, %j give %i with `valid` and %i with `same`', (change, valid, same) => {
  const input: Shape = [null, 5, 1];
  expect(transpose(input, { ...plain, ...change }).sizes).toEqual([valid]);
  expect(transpose(input, { ...plain, ...change, padding: 'same' }).sizes).toEqual([same]);
});

describe('what is said', () => {
  const pads = (n: number): Padding => [[n, n]];

  it('is the course’s formula in the user’s numbers: (14 − 1)·2 − 2 + 2 + 1 = 27, and 28 with one more', () => {
    const square: TransposedWindow = {
      kernel: [3, 3],
      stride: [2, 2],
      dilation: [1, 1],
      padding: [
        [1, 1],
        [1, 1],
      ],
      outputPadding: [1, 1],
    };
    const [formula, ...rest] = transposedFormulas([null, 14, 14, 1], square, names);
    expect(rest).toEqual([]);
    expect(formula?.title).toBe('Output size, height and width');
    const text = formula?.lines.map((line) => line.map((t) => (typeof t === 'string' ? t : t.text)).join(''));
    expect(text).toEqual(['(14 − 1)·2 − 2·1 + 1·(3 − 1) + 1 + 1', '= 28']);
    const params = formula?.lines.flat().flatMap((t) => (typeof t === 'string' ? [] : (t.param ?? [])));
    expect(params).toEqual(['stride', 'padding', 'dilation', 'kernel', 'outputPadding']);
    expect(transpose([null, 14, 14, 1], { ...square, outputPadding: [0, 0] }).sizes).toEqual([27, 27]);
  });

  it('is the arithmetic of an empty output, and what would leave something', () => {
    const { sizes, problems } = transpose([null, 1, 1], { ...plain, padding: pads(2) });
    expect(sizes).toBeNull();
    expect(problems[0]?.message).toBe('Nothing is left of the steps: (1 − 1)·2 − 2·2 + 1·(3 − 1) + 0 + 1 = −1.');
    expect(problems[0]?.fixes?.map(({ title }) => title)).toEqual([
      'padding 1/1 → 1',
      'padding valid → 3',
      'kernel 5 → 1',
    ]);
  });

  it('is the limit of the output padding', () => {
    const { problems } = transpose([null, 4, 1], { ...plain, padding: pads(1), outputPadding: [2] });
    expect(problems[0]?.message).toBe(
      'The output padding of the steps must be smaller than the stride or the dilation: ' +
        '2 is not less than max(2, 1) = 2.',
    );
    expect(problems[0]?.fixes?.map(({ title }) => title)).toEqual(['output padding 1 → 8', 'stride 3 → 12']);
    const filled = transpose([null, 4, 1], { ...plain, kernel: [1], outputPadding: [1] });
    expect(filled.problems[0]?.message).toContain('1, with the 1 that the padding adds, is not less than max(2, 1)');
  });

  it('is that no array could hold it before it is cut', () => {
    const wide: TransposedWindow = { ...plain, stride: [1024], padding: pads(1_100_000_000) };
    expect(transposeWindow([null, 2_148_485, 1], wide, names, 1).problems.map(({ code }) => code)).toContain('size');
  });
});
