import { describe, expect, it } from 'vitest';
import { engines } from './rows';
import { parseOptions } from './options';

describe('the options of the benchmark', () => {
  it('ask for everything, unless they name something', () => {
    expect(parseOptions([])).toMatchObject({ engines, parts: ['step', 'forward', 'epoch', 'app'], quick: false });
    expect(parseOptions(['--only', 'ours,torch-1', '--net', 'lenet-5'])).toMatchObject({
      engines: ['ours', 'torch-1'],
      nets: ['lenet-5'],
      parts: ['step', 'forward'],
    });
    expect(parseOptions(['--net', 'lenet-5', '--what', 'epoch'])).toMatchObject({ parts: ['epoch'] });
    expect(parseOptions(['--help'])).toBeNull();
  });

  it.each([
    [['--net', 'alexnet'], /no “alexnet”; there are mlp/],
    [['--onyl', 'ours'], /--onyl[^]*--only LIST/],
    [['--record', '--quick'], /leave out --quick/],
    [['--record', '--net', 'mlp'], /leave out --net/],
  ])('%j are refused in words', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});
