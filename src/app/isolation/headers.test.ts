import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concerns, isolated } from './headers';

const coop = 'cross-origin-opener-policy';
const coep = 'cross-origin-embedder-policy';

const answers: Readonly<Record<string, RequestListener>> = {
  '/app.js': (_, response) => response.writeHead(200, { 'Content-Type': 'text/javascript', ETag: '"1"' }).end('let a;'),
  '/lax': (_, response) => response.writeHead(200, { 'Cross-Origin-Embedder-Policy': 'unsafe-none' }).end(),
  '/part': (_, response) => response.writeHead(206, { 'Content-Range': 'bytes 0-1/6' }).end('le'),
  '/none': (_, response) => response.writeHead(204).end(),
};

let server: Server;
let address: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    if (answer) answer(request, response);
    else response.writeHead(404, 'Nowhere').end('not here');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const fetched = async (path: string): Promise<Response> => isolated(await fetch(`${address}${path}`));

describe('a response of a host without the headers', () => {
  it('gets them, and keeps its body and its other headers', async () => {
    const response = await fetched('/app.js');
    expect(response.headers.get(coop)).toBe('same-origin');
    expect(response.headers.get(coep)).toBe('require-corp');
    expect(response.headers.get('content-type')).toBe('text/javascript');
    expect(response.headers.get('etag')).toBe('"1"');
    expect(await response.text()).toBe('let a;');
  });

  it('gets them in place of laxer ones', async () => {
    expect((await fetched('/lax')).headers.get(coep)).toBe('require-corp');
  });

  it('keeps its status: a part stays a part, a failure a failure', async () => {
    const part = await fetched('/part');
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 0-1/6', 'le']);
    const failure = await fetched('/gone');
    expect([failure.status, failure.statusText, await failure.text()]).toEqual([404, 'Nowhere', 'not here']);
  });

  it('that has no body stays as it is', async () => {
    const before = await fetch(`${address}/none`);
    expect(isolated(before)).toBe(before);
  });

  it('that came to nothing stays as it is', () => {
    const before = Response.error();
    expect(isolated(before)).toBe(before);
  });
});

describe('what the worker answers', () => {
  const scope = 'https://some.host/some/where/';
  const answered = (url: string, mode: RequestMode = 'cors', cache: RequestCache = 'default') =>
    concerns({ url: new URL(url, scope).href, mode, cache }, scope);

  it('is the page itself, whatever follows its path', () => {
    for (const url of ['./', 'index.html', '?a=1', './#b']) expect(answered(url, 'navigate')).toBe(true);
  });

  it('is all else from the same host that is no page: scripts of workers above all', () => {
    expect(answered('assets/worker.js', 'same-origin')).toBe(true);
    expect(answered('assets/index.js')).toBe(true);
    expect(answered('/elsewhere/picture.png', 'no-cors')).toBe(true);
  });

  it('is no other page below its folder', () => {
    for (const url of ['blog/', 'blog/index.html', 'about.html', '/']) expect(answered(url, 'navigate')).toBe(false);
  });

  it('is nothing of another origin', () => {
    expect(answered('https://other.host/some/where/', 'no-cors')).toBe(false);
    expect(answered('http://some.host/some/where/assets/index.js')).toBe(false);
    expect(answered('https://some.host:8443/some/where/assets/index.js')).toBe(false);
  });

  it('is nothing that only the browser may look up', () => {
    expect(answered('assets/index.js', 'no-cors', 'only-if-cached')).toBe(false);
    expect(answered('assets/index.js', 'same-origin', 'only-if-cached')).toBe(true);
  });
});
