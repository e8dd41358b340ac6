import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { crc32 } from './crc32';
import { unzip } from './unzip';

const text = (value: string) => new TextEncoder().encode(value);
const code = (bytes: Uint8Array) => {
  const result = unzip(bytes, 'net.zip');
  return result.ok ? 'ok' : result.error.code;
};
const stored = zipSync({ 'a.txt': [text('hello'), { level: 0 }], 'b/c.txt': [text('x'.repeat(5000)), { level: 9 }] });
/** Offset of a little-endian signature. */
const find = (bytes: Uint8Array, signature: readonly number[], from = 0) => {
  for (let at = from; at < bytes.length; at += 1) if (signature.every((byte, i) => bytes[at + i] === byte)) return at;
  return -1;
};
const CENTRAL = [0x50, 0x4b, 1, 2];

describe('unzip', () => {
  it('checks against the published CRC-32 of “123456789”', () => {
    expect(crc32(text('123456789'))).toBe(0xcbf43926);
    expect(crc32(text('6789'), crc32(text('12345')))).toBe(0xcbf43926);
  });

  it('gives stored and deflated files', () => {
    const result = unzip(stored, 'net.zip');
    expect(result.ok && result.value.map(({ name, bytes }) => [name, bytes.length])).toEqual([
      ['a.txt', 5],
      ['b/c.txt', 5000],
    ]);
  });

  it('notices a single changed bit in what it holds', () => {
    const at = find(stored, [...text('hello')]);
    const damaged = stored.slice();
    damaged[at + 1]! ^= 1;
    expect(unzip(damaged, 'net.zip')).toMatchObject({
      ok: false,
      error: { code: 'zip.damaged', message: expect.stringContaining('the checksum of a.txt is wrong') as string },
    });
  });

  it('refuses archives that are cut short', () => {
    for (let length = 0; length < stored.length; length += 7) expect(code(stored.slice(0, length))).toBe('zip.damaged');
  });

  it('refuses a bomb by what it states, before inflating', () => {
    const bomb = zipSync({ 'big.bin': new Uint8Array(2 ** 26) }, { level: 9 }).slice();
    const view = new DataView(bomb.buffer);
    expect(code(bomb)).toBe('ok');
    view.setUint32(find(bomb, CENTRAL) + 24, 2 ** 28 + 1, true);
    expect(code(bomb)).toBe('zip.large');
  });

  it('stops a bomb that states too little, soon after that', () => {
    const bomb = zipSync({ 'big.bin': new Uint8Array(2 ** 27) }, { level: 9 }).slice();
    new DataView(bomb.buffer).setUint32(find(bomb, CENTRAL) + 24, 100, true);
    const before = performance.now();
    expect(code(bomb)).toBe('zip.damaged');
    expect(performance.now() - before).toBeLessThan(2000);
  });

  it('refuses names that lead out of the archive', () => {
    for (const name of ['../../etc/passwd', '/etc/passwd', 'C:\\x', 'a/../../b', '..\\b']) {
      expect(code(zipSync({ [name]: text('x') }))).toBe('zip.path');
    }
  });

  it('refuses encryption, unknown methods and zip64', () => {
    const at = find(stored, CENTRAL);
    const changed = (offset: number, value: number) => {
      const bytes = stored.slice();
      new DataView(bytes.buffer).setUint16(offset, value, true);
      return code(bytes);
    };
    expect(changed(at + 8, 1)).toBe('zip.encrypted');
    expect(changed(at + 10, 14)).toBe('zip.method');
    expect(changed(stored.length - 22 + 10, 0xffff)).toBe('zip.large');
  });
});
