import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import type { ReadFile } from '@/datasets/define';
import { reasonOf } from './failure';

/** Files that may come out of a store of our own, which can hold a damaged one. */
export interface Files {
  readonly read: ReadFile;
  /** What was read since the last call proved right: it may be stored. */
  keep(): Promise<void>;
  /** It proved wrong: forgets it. True when some of it came out of the store, so that reading again may mend it. */
  drop(): Promise<boolean>;
}

/** Files that are read anew each time, as Node reads them from the disk. */
export const plainFiles = (read: ReadFile): Files => ({
  read,
  keep: () => Promise.resolve(),
  drop: () => Promise.resolve(false),
});

/** The store's name; a new one leaves the old files behind. */
const STORE = 'layerloom-files-1';

export interface FetchHost {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** `null` where the browser has none: plain http, private windows. */
  readonly caches: Pick<CacheStorage, 'open'> | null;
}

const browserHost = (): FetchHost => ({
  fetch: (url, init) => fetch(url, init),
  caches: typeof caches === 'undefined' ? null : caches,
});

/**
 * Reads static files over the network once, and from Cache Storage after that. Only files that were checked and kept
 * are stored; a store that refuses (full, private window) costs speed, never the file.
 * @param base address that paths are relative to: the page's, since a worker's own address is that of its script.
 */
export function fetchFiles(base: string, host: FetchHost = browserHost()): Files {
  /** Read, not yet checked. */
  const fresh = new Map<string, Uint8Array<ArrayBuffer>>();
  const fromStore = new Set<string>();
  /** Proved wrong: the browser's own cache may hold the same damaged bytes. */
  const distrusted = new Set<string>();

  const store = async <T>(use: (cache: Cache) => Promise<T>): Promise<T | null> => {
    try {
      const cache = await host.caches?.open(STORE);
      return cache ? await use(cache) : null;
    } catch {
      return null;
    }
  };

  return {
    read: async (path, onProgress, signal) => {
      const url = new URL(path, base).href;
      const stored = distrusted.has(url) ? null : await store(async (cache) => (await cache.match(url))?.arrayBuffer());
      if (stored) {
        fromStore.add(url);
        onProgress(stored.byteLength);
        return ok(new Uint8Array(stored));
      }
      const fetched = await download(host, path, url, distrusted.has(url), onProgress, signal);
      if (fetched.ok) fresh.set(url, fetched.value);
      return fetched;
    },
    keep: async () => {
      const files = [...fresh];
      fresh.clear();
      fromStore.clear();
      await store((cache) => Promise.all(files.map(([url, bytes]) => cache.put(url, new Response(bytes)))));
    },
    drop: async () => {
      const stored = [...fromStore];
      for (const url of [...stored, ...fresh.keys()]) distrusted.add(url);
      fresh.clear();
      fromStore.clear();
      await store((cache) => Promise.all(stored.map((url) => cache.delete(url))));
      return stored.length > 0;
    },
  };
}

async function download(
  host: FetchHost,
  path: string,
  url: string,
  anew: boolean,
  onProgress: (loadedBytes: number) => void,
  signal?: AbortSignal,
): Promise<Result<Uint8Array<ArrayBuffer>, Problem>> {
  try {
    const response = await host.fetch(url, { cache: anew ? 'reload' : 'default', ...(signal ? { signal } : {}) });
    if (!response.ok) {
      const advice = response.status === 404 ? 'The site was put up without it.' : 'Try again later.';
      const answer = `${response.status} ${response.statusText}`.trimEnd();
      const message = `${path} could not be read: the server answers ${answer}`;
      return err(problem('file.status', `${message}. ${advice}`, { expected: '200', got: String(response.status) }));
    }
    const type = response.headers.get('content-type') ?? '';
    if (/text\/html/i.test(type) && !/\.html?$/i.test(path)) {
      const message =
        `Instead of ${path} the server sent a web page: the file is missing there. Put it back below public/.`;
      return err(problem('file.page', message, { expected: 'the file', got: type }));
    }
    return ok(await body(response, onProgress));
  } catch (error) {
    if (signal?.aborted) return err(problem('file.cancelled', `Reading ${path} was stopped.`));
    const message =
      `${path} could not be fetched (${reasonOf(error)}). Check the connection and start again; ` +
      'datasets made from a seed, such as rings, need none.';
    return err(problem('file.unreachable', message));
  }
}

/** The whole body, chunk by chunk, so that progress is seen. */
async function body(response: Response, onProgress: (loadedBytes: number) => void): Promise<Uint8Array<ArrayBuffer>> {
  const reader = response.body?.getReader();
  if (!reader) return new Uint8Array(await response.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
    onProgress(length);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
