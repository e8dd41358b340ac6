/** What a page and its workers must be sent to be cross-origin isolated, which threads and precise timers need. */
export const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
} as const;

/** The service worker's file, in the folder of the page: its folder is what it may serve. */
export const workerFile = 'isolation.js';

/** Statuses to which no body may be given; nothing becomes a page or a worker by them. */
const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/** The response with the headers; as it is where it is a redirect or another origin's, which are sealed. */
export function isolated(response: Response): Response {
  if (response.type !== 'basic' || bodiless.has(response.status)) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(isolationHeaders)) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

/**
 * Whether the answer to a request is to carry the headers. Pages that are not the application's, such as others on the
 * same host below its folder, may live on what other origins give them: they stay as they are.
 * @param scope address of the application's folder.
 */
export function concerns({ url, mode, cache }: Pick<Request, 'url' | 'mode' | 'cache'>, scope: string): boolean {
  const { origin, pathname } = new URL(url);
  const home = new URL(scope);
  if (origin !== home.origin) return false;
  // Only the browser itself may make such a request; fetch() refuses it.
  if (cache === 'only-if-cached' && mode !== 'same-origin') return false;
  return mode !== 'navigate' || pathname === home.pathname || pathname === `${home.pathname}index.html`;
}
