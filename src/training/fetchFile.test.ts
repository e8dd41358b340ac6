import { describe, expect, it } from 'vitest';
import { problem } from '@/core/problem';
import { err, ok } from '@/core/result';
import type { DatasetDefinition } from '@/datasets/define';
import { createExampleStore } from './exampleStore';
import { fetchFiles, type FetchHost } from './fetchFile';

const base = 'https://example.org/loom/';
const path = 'datasets/tiny.bin';
const url = 'https://example.org/loom/datasets/tiny.bin';

/** A server and a Cache Storage of one store, in memory. */
function world(answer: (url: string, init: RequestInit) => Response | Promise<Response>) {
  const stored = new Map<string, Uint8Array<ArrayBuffer>>();
  const asked: { url: string; cache: RequestCache | undefined }[] = [];
  const cache = {
    match: (at: string) => Promise.resolve(stored.has(at) ? new Response(stored.get(at)) : undefined),
    put: async (at: string, response: Response) => void stored.set(at, new Uint8Array(await response.arrayBuffer())),
    delete: (at: string) => Promise.resolve(stored.delete(at)),
  };
  const host: FetchHost = {
    fetch: async (at, init) => {
      asked.push({ url: at, cache: init.cache });
      return answer(at, init);
    },
    caches: { open: () => Promise.resolve(cache as Partial<Cache> as Cache) },
  };
  return { host, stored, asked };
}

const good = () => new Response(Uint8Array.of(1, 2, 3), { headers: { 'content-type': 'application/octet-stream' } });
const ignore = () => undefined;

/** Good only when its file reads 1, 2, 3. */
const tiny: DatasetDefinition = {
  id: 'tiny',
  title: 'Tiny',
  summary: '',
  input: [1],
  task: { kind: 'classes', names: ['a'] },
  counts: { train: 3, test: 0 },
  scale: 1,
  bytes: 3,
  licence: '',
  origin: '',
  load: async ({ read }) => {
    const file = await read(path, ignore);
    if (!file.ok) return file;
    if (file.value.join() !== '1,2,3') return err(problem('dataset.damaged', 'damaged'));
    const split = { count: 3, inputs: file.value, targets: new Uint8Array(3) };
    return ok({ train: split, test: { ...split, count: 0 } });
  },
};

describe('reading files over the network', () => {
  it('resolves paths against the page, and reports bytes as they come', async () => {
    const { host, asked } = world(good);
    const loaded: number[] = [];
    const file = await fetchFiles(base, host).read(path, (bytes) => loaded.push(bytes));
    expect(file).toEqual(ok(Uint8Array.of(1, 2, 3)));
    expect(asked).toEqual([{ url, cache: 'default' }]);
    expect(loaded.at(-1)).toBe(3);
  });

  it('says what is wrong: missing, a web page instead, no connection, stopped', async () => {
    const code = async (answer: () => Response | Promise<Response>, signal?: AbortSignal) => {
      const file = await fetchFiles(base, world(answer).host).read(path, ignore, signal);
      return file.ok ? 'ok' : file.error.code;
    };
    expect(await code(() => new Response('', { status: 404, statusText: 'Not Found' }))).toBe('file.status');
    expect(await code(() => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }))).toBe('file.page');
    expect(await code(() => Promise.reject(new TypeError('Failed to fetch')))).toBe('file.unreachable');
    expect(await code(() => Promise.reject(new Error('aborted')), AbortSignal.abort())).toBe('file.cancelled');
  });

  it('stores nothing before it was proved right, and reads it from the store after that', async () => {
    const { host, stored, asked } = world(good);
    const files = fetchFiles(base, host);
    await files.read(path, ignore);
    expect(stored.size).toBe(0);
    await files.keep();
    expect([...stored.keys()]).toEqual([url]);
    expect(await fetchFiles(base, host).read(path, ignore)).toEqual(ok(Uint8Array.of(1, 2, 3)));
    expect(asked).toHaveLength(1);
  });

  it('works without a store', async () => {
    const { host } = world(good);
    const files = fetchFiles(base, { ...host, caches: { open: () => Promise.reject(new Error('SecurityError')) } });
    expect((await files.read(path, ignore)).ok).toBe(true);
    await files.keep();
    expect((await fetchFiles(base, { ...host, caches: null }).read(path, ignore)).ok).toBe(true);
  });
});

describe('loading a dataset', () => {
  it('replaces a damaged file of the store with the server’s, past the browser’s own cache', async () => {
    const { host, stored, asked } = world(good);
    stored.set(url, Uint8Array.of(9));
    const loaded = await createExampleStore(fetchFiles(base, host))(tiny, { seed: 1 });
    expect(loaded.ok).toBe(true);
    expect(asked).toEqual([{ url, cache: 'reload' }]);
    expect([...stored.get(url)!]).toEqual([1, 2, 3]);
  });

  it('gives up when the server’s file is damaged, and stores nothing of it', async () => {
    const { host, stored, asked } = world(() => new Response(Uint8Array.of(9)));
    stored.set(url, Uint8Array.of(8));
    const loaded = await createExampleStore(fetchFiles(base, host))(tiny, { seed: 1 });
    expect(loaded).toMatchObject({ ok: false, error: { code: 'dataset.damaged' } });
    expect(asked).toHaveLength(1);
    expect(stored.size).toBe(0);
  });

  it('keeps the last one, whatever the seed of the run', async () => {
    const { host } = world(good);
    const load = createExampleStore(fetchFiles(base, host));
    const first = await load(tiny, { seed: 1 });
    const second = await load(tiny, { seed: 2 });
    expect(first.ok && second.ok && first.value === second.value).toBe(true);
  });
});
