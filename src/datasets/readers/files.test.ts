import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { problem } from '@/core/problem';
import { err, ok } from '@/core/result';
import type { LoadContext, ReadFile } from '../define';
import { loadFiles } from './files';
import { gunzip } from './gunzip';
import { verify, type StaticFile } from './verify';

const describeFile = (path: string, content: Uint8Array): StaticFile => ({
  path,
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
});

const first = Uint8Array.from({ length: 300 }, (_, i) => i % 7);
const second = new Uint8Array(gzipSync(Uint8Array.from({ length: 5000 }, (_, i) => (i * i) % 251)));
const files = [describeFile('data/first.bin', first), describeFile('data/second.bin', second)];
const served: Record<string, Uint8Array> = { 'data/first.bin': first, 'data/second.bin': second };

/** Hands out each file in two halves. */
const read: ReadFile = async (path, onProgress) => {
  const content = served[path]!;
  onProgress(content.length / 2);
  onProgress(content.length);
  return ok(content);
};

const load = (context: Partial<LoadContext> = {}) => loadFiles(files, { read, seed: 1, ...context });

afterEach(() => vi.unstubAllGlobals());

describe('verify', () => {
  // FIPS 180-2, appendix B.1.
  const abc: StaticFile = {
    path: 'data/abc.bin',
    bytes: 3,
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  };

  it('accepts the file it knows, and hands back memory of its own', async () => {
    const content = new TextEncoder().encode('abc');
    const verified = await verify(abc, content);
    expect(verified).toEqual({ ok: true, value: content });
    expect(verified.ok && verified.value.buffer).not.toBe(content.buffer);
  });

  it('says how many bytes of how many arrived', async () => {
    const file = { path: 'datasets/fashion-mnist/train-images-idx3.bin', bytes: 26_421_856, sha256: '' };
    const verified = await verify(file, new Uint8Array(1234));
    expect(!verified.ok && verified.error).toMatchObject({
      code: 'dataset.damaged',
      message:
        'train-images-idx3.bin is damaged: 1,234 bytes of 26,421,856; ' +
        'reload the page to fetch it again, or put the original file back.',
    });
  });

  it('notices a single wrong bit', async () => {
    const verified = await verify(abc, Uint8Array.of(0x61, 0x62, 0x62));
    expect(!verified.ok && verified.error.code).toBe('dataset.damaged');
    expect(!verified.ok && verified.error.message).toContain('not ba7816bf…');
  });

  it('says so where the platform has no hash, rather than trust the bytes', async () => {
    vi.stubGlobal('crypto', {});
    const verified = await verify(abc, new TextEncoder().encode('abc'));
    expect(!verified.ok && verified.error.code).toBe('dataset.insecure');
  });
});

describe('gunzip', () => {
  const plain = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) % 253);
  const zipped = new Uint8Array(gzipSync(plain));

  it('inflates gzip and leaves everything else alone', async () => {
    expect(await gunzip(zipped, 'a.bin')).toEqual({ ok: true, value: plain });
    const other = Uint8Array.of(0, 0, 8, 1);
    expect(await gunzip(other, 'a.bin')).toEqual({ ok: true, value: other });
  });

  const flipped = (at: number) => zipped.map((byte, i) => (i === at ? byte ^ 0xff : byte));
  it.each([
    ['cut short', zipped.slice(0, zipped.length >> 1)],
    ['only its first bytes', zipped.slice(0, 2)],
    ['of a wrong method', flipped(2)],
    ['of a wrong checksum', flipped(zipped.length - 8)],
  ])('reports a file that is %s', async (_, bytes) => {
    const inflated = await gunzip(new Uint8Array(bytes), 'a.bin');
    expect(!inflated.ok && inflated.error.code).toBe('gzip.damaged');
  });

  it('stops a file that inflates without end', async () => {
    const bomb = new Uint8Array(gzipSync(new Uint8Array(5_000_000)));
    const inflated = await gunzip(bomb, 'bomb.bin', 1_000_000);
    expect(!inflated.ok && inflated.error).toMatchObject({
      code: 'gzip.limit',
      message: 'bomb.bin inflates to more than 1,000,000 bytes, the most that is read.',
    });
  });
});

describe('loading several files', () => {
  it('counts the bytes of all of them, never falls, and says 1 only when all are ready', async () => {
    const shares: number[] = [];
    const loaded = await load({ onProgress: (share) => shares.push(share) });
    expect(loaded.ok && loaded.value.map((content) => content.length)).toEqual([300, 5000]);
    const total = first.length + second.length;
    // Reading is nine tenths of the work: half of the first file, all of it, and then checked.
    expect(shares.slice(0, 3)).toEqual([
      expect.closeTo((0.9 * 150) / total, 12),
      expect.closeTo((0.9 * 300) / total, 12),
      expect.closeTo(300 / total, 12),
    ]);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.filter((share) => share === 1)).toHaveLength(1);
    expect(shares.at(-1)).toBe(1);
  });

  it('is not led past 1 by a reader that counts inflated bytes', async () => {
    const shares: number[] = [];
    const boasting: ReadFile = async (path, onProgress) => {
      onProgress(1e9);
      onProgress(Number.NaN);
      return ok(served[path]!);
    };
    await load({ read: boasting, onProgress: (share) => shares.push(share) });
    expect(shares[0]).toBeCloseTo((0.9 * first.length) / (first.length + second.length), 12);
    expect(Math.max(...shares)).toBe(1);
  });

  it('stops between files once the signal is aborted', async () => {
    const stop = new AbortController();
    const asked: string[] = [];
    const stopping: ReadFile = async (path) => {
      asked.push(path);
      stop.abort();
      return ok(served[path]!);
    };
    const loaded = await load({ read: stopping, signal: stop.signal });
    expect(!loaded.ok && loaded.error.code).toBe('dataset.cancelled');
    expect(asked).toEqual(['data/first.bin']);
  });

  it('reads nothing for a signal that was aborted before', async () => {
    const asked = vi.fn(read);
    const loaded = await load({ read: asked, signal: AbortSignal.abort() });
    expect(!loaded.ok && loaded.error.code).toBe('dataset.cancelled');
    expect(asked).not.toHaveBeenCalled();
  });

  it("passes on the reader's problem, and turns its exceptions into one", async () => {
    const missing = problem('read.missing', 'first.bin is not there.');
    expect(await load({ read: async () => err(missing) })).toEqual({ ok: false, error: missing });
    const rejected = await load({ read: () => Promise.reject(new Error('network is down')) });
    expect(!rejected.ok && rejected.error).toMatchObject({
      code: 'dataset.read',
      message: 'first.bin could not be read: network is down',
    });
    const thrown = await load({
      read: () => {
        throw new Error('no network at all');
      },
    });
    expect(!thrown.ok && thrown.error.code).toBe('dataset.read');
  });
});
