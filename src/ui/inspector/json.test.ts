import { expect, it } from 'vitest';
import { formatJson, tokens } from './json';

const topology = {
  className: 'Model',
  config: {
    name: 'LeNet-5 "classic"',
    layers: [
      { className: 'InputLayer', config: { batchInputShape: [null, 28, 28, 1], sparse: false }, inboundNodes: [] },
      { className: 'Dense', config: { units: 10, scale: -1.5e-3 }, inboundNodes: [[['a', 0, 0, {}]]] },
    ],
  },
};

it('writes the same value that it was given', () => {
  expect(JSON.parse(formatJson(topology))).toEqual(topology);
  expect(formatJson({})).toBe('{}');
  expect(formatJson(undefined)).toBe('null');
});

it('keeps a shape on one line', () => {
  expect(formatJson({ batchInputShape: [null, 28, 28, 1] })).toBe('{\n  "batchInputShape": [null, 28, 28, 1]\n}');
});

it('cuts a line into pieces that together are the line', () => {
  for (const line of formatJson(topology).split('\n')) {
    expect(
      tokens(line)
        .map((token) => token.text)
        .join(''),
    ).toBe(line);
  }
  expect(tokens('"units": 10,')).toEqual([
    { kind: 'key', text: '"units"' },
    { kind: 'plain', text: ':' },
    { kind: 'plain', text: ' ' },
    { kind: 'number', text: '10' },
    { kind: 'plain', text: ',' },
  ]);
});
