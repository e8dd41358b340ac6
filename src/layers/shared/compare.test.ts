import { describe, expect, it } from 'vitest';
import { compareConvolution, type ComparedConvolution } from './compare';

const conv = (kernel: readonly number[], filters: number, more: Partial<ComparedConvolution> = {}): ComparedConvolution => ({
  kernel,
  filters,
  dilation: kernel.map(() => 1),
  bias: true,
  ...more,
});
const rows = (found: ReturnType<typeof compareConvolution>, title: RegExp) =>
  found.find((each) => title.test(each.title))?.rows.map(({ value }) => value);

describe('what a convolution costs beside its other forms', () => {
  it('AlexNet’s first layer, as the course counts it: 34,944 weights shared, 290,400 × 364 unshared', () => {
    const found = compareConvolution(conv([11, 11], 96), [null, 227, 227, 3], [null, 55, 55, 96]);
    expect(rows(found, /shared/)).toEqual([34_944, 105_705_600]);
  });

  it('128 kernels of 3×3×3 on 5×5 positions: 86,400 multiplications against 675 and 9,600', () => {
    const found = compareConvolution(conv([3, 3], 128), [null, 7, 7, 3], [null, 5, 5, 128]);
    expect(rows(found, /depthwise/)).toEqual([86_400, 675, 9_600, 10_275]);
  });

  it('one 3×3 kernel on one channel, like Sobel’s: 9 weights, or 3 and 3', () => {
    const found = compareConvolution(conv([3, 3], 1), [null, 9, 9, 1], [null, 7, 7, 1]);
    expect(rows(found, /axis after/)).toEqual([9, 6]);
  });

  it.each([1, 64, 512])('three 3×3 against one 7×7 on %d channels: 3·(3²C²) against 7²C²', (c) => {
    const shape = [null, 32, 32, c];
    for (const kernel of [[3, 3], [7, 7]]) {
      expect(rows(compareConvolution(conv(kernel, c), shape, shape), /stacked/)).toEqual([27 * c * c, 49 * c * c]);
    }
  });

  it('two 3×3×3 against one 5×5×5 in space: 2·27 against 125', () => {
    const found = compareConvolution(conv([5, 5, 5], 1), [null, 9, 9, 9, 1], [null, 5, 5, 5, 1]);
    expect(rows(found, /stacked/)).toEqual([54, 125]);
  });

  it('leaves out forms that make no difference: 1×1, groups, dilated stacks', () => {
    const titles = (c: ComparedConvolution) => compareConvolution(c, [null, 8, 8, 4], [null, 8, 8, 4]).length;
    expect(titles(conv([1, 1], 4))).toBe(1);
    expect(titles(conv([3, 3], 4, { groups: 2 }))).toBe(1);
    expect(titles(conv([3, 3], 4, { dilation: [2, 2] }))).toBe(3);
  });
});
