import { describe, expect, it } from 'vitest';
import { changesOf } from './compare';
import { holds, ratiosOf } from './ratios';
import { rowOf } from './testing';

const before = [rowOf('torch-1', 'node', 6), rowOf('ours-1', 'node', 12), rowOf('tfjs-cpu', 'node', 1000)];

describe('a run against the recorded one', () => {
  it('on a machine half as fast is no regression', () => {
    const now = [rowOf('torch-1', 'node', 12), rowOf('ours-1', 'node', 24)];
    expect(changesOf(now, before)).toMatchObject([{ before: 2, now: 2, change: 0, regressed: false }]);
  });

  it('slower than PyTorch’s own slowing explains is one, beyond the noise alone', () => {
    const now = (spread: number) => [rowOf('torch-1', 'node', 6), rowOf('ours-1', 'node', 15, spread)];
    expect(changesOf(now(0.15), before)).toMatchObject([{ change: 0.25, noise: 0.1, regressed: true }]);
    expect(changesOf(now(4.5), before)).toMatchObject([{ change: 0.25, noise: 0.3, regressed: false }]);
  });

  it('says nothing where PyTorch is missing, and blames nobody for stock tfjs', () => {
    expect(changesOf([rowOf('ours-1', 'node', 15)], before)).toEqual([]);
    const now = [rowOf('torch-1', 'node', 6), rowOf('tfjs-cpu', 'node', 2000)];
    expect(changesOf(now, before)).toMatchObject([{ change: 1, regressed: false }]);
  });
});

describe('the ratios of a run', () => {
  it('are held to the bars of LeNet-5', () => {
    const rows = [
      rowOf('torch-1', 'node', 6),
      rowOf('ours-1', 'node', 12),
      rowOf('ours', 'node', 10),
      rowOf('ours', 'browser', 12),
      rowOf('tfjs-cpu', 'browser', 900),
      rowOf('tfjs-webgl', 'browser', 300),
      rowOf('torch-1', 'node', 8000, 0, 'epoch'),
      rowOf('ours', 'browser', 16_000, 0, 'epoch'),
    ];
    const told = ratiosOf(rows).map((ratio) => [ratio.what, ratio.title, ratio.value, holds(ratio)]);
    expect(told).toEqual([
      ['step', 'ours-1 / torch-1, node', 2, true],
      ['step', 'tfjs-webgl / ours, browser', 25, false],
      ['step', 'ours in the browser / in Node', 1.2, false],
      ['epoch', 'ours in the browser / torch-1', 2, true],
    ]);
  });

  it('have no bars for inference', () => {
    const rows = [rowOf('torch-1', 'node', 1, 0, 'forward'), rowOf('ours-1', 'node', 50, 0, 'forward')];
    expect(ratiosOf(rows)).toMatchObject([{ value: 50, bar: null }]);
  });
});
