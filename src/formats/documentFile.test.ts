import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '@/compiler/compile';
import { emptyDocument, type LoomDocument } from '@/graph/document';
import { formatDocument, parseDocument } from './documentFile';

const drawn: LoomDocument = {
  ...emptyDocument('Net'),
  nodes: [
    { id: 'in', type: 'input', version: 1, name: 'in', params: { shape: [4] }, position: { x: 0, y: 0 } },
    { id: 'out', type: 'output', version: 1, name: 'out', params: {}, position: { x: 0.5, y: -92 } },
  ],
  edges: [{ from: { node: 'in', port: 0 }, to: { node: 'out', port: 0 } }],
};
const plain = JSON.parse(JSON.stringify(drawn)) as Record<string, unknown>;
const message = (source: string | Uint8Array) => {
  const parsed = parseDocument(source, 'net.json');
  return parsed.ok ? null : parsed.error.message;
};

describe('documents as files', () => {
  it('come back as they went, and as the same text again', () => {
    const text = formatDocument(drawn);
    const parsed = parseDocument(text);
    expect(parsed).toEqual({ ok: true, value: drawn });
    expect(parseDocument(new TextEncoder().encode(text))).toEqual(parsed);
    const shuffled = Object.fromEntries(Object.entries(plain).reverse());
    const again = parseDocument(JSON.stringify(shuffled));
    expect(again.ok && formatDocument(again.value)).toBe(text);
  });

  it('keep one node or wire on a line, for readable differences', () => {
    expect(formatDocument(drawn)).toContain(
      '\n    { "id": "out", "type": "output", "version": 1, "name": "out", "params": {}, "position": { "x": ' +
        '0.5, "y": -92 } }\n',
    );
  });

  it('open with layers that this version lacks; the compiler reports those', () => {
    const parsed = parseDocument(
      formatDocument({ ...drawn, nodes: [{ ...drawn.nodes[0]!, type: 'mamba9' }, drawn.nodes[1]!] }),
    );
    expect(parsed.ok && compile(parsed.value).problems.map(({ code }) => code)).toContain('layer.unknown');
  });

  it('say in people’s words what is wrong, and where', () => {
    const nodes = [{ ...drawn.nodes[0], position: { x: 'far', y: 0 } }];
    expect(message(JSON.stringify({ ...plain, nodes }))).toBe(
      'net.json is a damaged document: nodes[0] (“in”).position.x must be a number; it is "far".',
    );
    expect(message(JSON.stringify({ ...plain, seed: -1, strict: undefined }))).toBe(
      'net.json is a damaged document: seed must be at least 0; it is -1; strict must be true or false; it is missing.',
    );
    expect(message(JSON.stringify({ ...plain, version: 7 }))).toMatch(
      /^net\.json can’t be opened\. It was saved by a newer Layerloom \(version 7/,
    );
    expect(message('{"format": "keras"}')).toMatch(/is not a Layerloom document/);
    expect(message('{"format": "layerloom",\n "version": }')).toMatch(
      /^net\.json is not valid JSON: it breaks off at .}. in “.*version.*”/,
    );
    expect(message('')).toBe('net.json is empty.');
    expect(message(new Uint8Array([0xff, 0xfe, 0x00]))).toMatch(/is not text in UTF-8/);
  });

  it('are refused when nested without end, or larger than any network', () => {
    expect(message('['.repeat(1_000_000))).toMatch(/nests brackets more than 64 deep/);
    expect(message(`{"format":"layerloom","version":1,"name":${'{"a":'.repeat(500)}1${'}'.repeat(501)}`)).toMatch(
      /64 deep/,
    );
    expect(message(new Uint8Array(2 ** 26 + 1))).toMatch(/has 64 MiB; JSON is read up to 64 MiB/);
  });

  it('cannot reach prototypes', () => {
    const text = formatDocument(drawn).replace(
      '"params": { "shape": [4] }',
      '"params": { "__proto__": { "evil": 1 }, "constructor": 1 }',
    );
    const parsed = parseDocument(text.replace('"format"', '"__proto__": { "evil": 1 }, "format"'));
    expect(parsed.ok).toBe(true);
    if (parsed.ok) compile(parsed.value);
    expect(({} as Record<string, unknown>).evil).toBeUndefined();
  });

  it('never throw, whatever a file holds', () => {
    const bytes = new TextEncoder().encode(formatDocument(drawn));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        fc.nat(bytes.length),
        (changes, length) => {
          const damaged = bytes.slice(0, length || bytes.length);
          for (const [at, value] of changes) if (at < damaged.length) damaged[at] = value;
          const parsed = parseDocument(damaged);
          if (parsed.ok) compile(parsed.value);
          else expect(parsed.error.message.length).toBeGreaterThan(10);
        },
      ),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.json(), (text) => void parseDocument(text)),
      { numRuns: 300 },
    );
  });
});
