import { expect, it } from 'vitest';
import { tokens } from './json';

it('cuts a line into pieces that together are the line', () => {
  for (const line of ['{', '  "name": "LeNet-5 \\"classic\\"",', '    [null, 28, 28, 1], -1.5e-3, false', '']) {
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
