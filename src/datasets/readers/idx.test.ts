import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIdx } from './idx';

const parse = (...bytes: number[]) => parseIdx(Uint8Array.from(bytes), 'some.bin');
const code = (...bytes: number[]) => {
  const parsed = parse(...bytes);
  return parsed.ok ? 'ok' : parsed.error.code;
};

describe('parseIdx', () => {
  it('reads labels: rank 1', () => {
    expect(parse(0, 0, 8, 1, 0, 0, 0, 3, 9, 0, 7)).toEqual({
      ok: true,
      value: { sizes: [3], data: Uint8Array.of(9, 0, 7) },
    });
  });

  it('reads images: rank 3, sizes big-endian', () => {
    const pixels = Array.from({ length: 258 * 2 }, (_, i) => i % 256);
    const parsed = parse(0, 0, 8, 3, 0, 0, 1, 2, 0, 0, 0, 1, 0, 0, 0, 2, ...pixels);
    expect(parsed).toEqual({ ok: true, value: { sizes: [258, 1, 2], data: Uint8Array.from(pixels) } });
  });

  it('reads a view that starts inside its buffer', () => {
    const padded = Uint8Array.of(1, 2, 3, 0, 0, 8, 1, 0, 0, 0, 1, 42);
    const parsed = parseIdx(padded.subarray(3), 'some.bin');
    expect(parsed).toEqual({ ok: true, value: { sizes: [1], data: Uint8Array.of(42) } });
  });

  it('names each way in which a file can be wrong', () => {
    expect(code()).toBe('idx.magic');
    expect(code(0, 0, 8)).toBe('idx.magic');
    expect(code(0x3c, 0x21, 0x64, 0x6f)).toBe('idx.magic');
    expect(code(0, 0, 0x0d, 1, 0, 0, 0, 0)).toBe('idx.type');
    expect(code(0, 0, 8, 0)).toBe('idx.rank');
    expect(code(0, 0, 8, 3, 0, 0, 0, 1)).toBe('idx.length');
    expect(code(0, 0, 8, 1, 0, 0, 0, 3, 9, 0)).toBe('idx.length');
    expect(code(0, 0, 8, 1, 0, 0, 0, 3, 9, 0, 7, 7)).toBe('idx.length');
  });

  it('says the arithmetic', () => {
    const parsed = parse(0, 0, 8, 3, 0, 0, 0, 60, 0, 0, 0, 28, 0, 0, 0, 28, 1, 2, 3);
    expect(!parsed.ok && parsed.error.message).toBe(
      'some.bin states 60×28×28, which is 47,040 bytes, but 3 bytes follow the header.',
    );
  });

  it('is not fooled by sizes whose product no number holds', () => {
    expect(code(0, 0, 8, 3, ...Array.from({ length: 12 }, () => 255))).toBe('idx.length');
    expect(code(0, 0, 8, 255, ...Array.from({ length: 4 * 255 }, () => 255))).toBe('idx.length');
  });

  it('never throws, whatever the bytes', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.uint8Array({ maxLength: 64 }).map((rest) => Uint8Array.of(0, 0, 8, ...rest)),
    );
    fc.assert(
      fc.property(anything, (bytes) => {
        const parsed = parseIdx(bytes, 'some.bin');
        if (parsed.ok) expect(parsed.value.data.length).toBe(bytes.length - 4 - 4 * bytes[3]!);
        else expect(parsed.error.message).toContain('some.bin');
      }),
    );
  });
});
