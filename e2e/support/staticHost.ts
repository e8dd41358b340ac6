import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { fromRoot } from './digits';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/** The folder in which the application lies there. */
const folder = '/some/where/';

export interface StaticHost {
  /** Address of the application. */
  readonly url: string;
  /** Puts up a file, in place of an older one if there is one. */
  put(path: string, content: string): void;
  /** Puts up another version of each text file whose path matches. */
  change(paths: RegExp, edit: (content: string) => string): void;
  /** Answers a file's requests only after the function that this returns was called. */
  hold(path: string): () => void;
  close(): void;
}

/**
 * The built application on a host as GitHub Pages is one: files in a sub-folder that browsers may keep for ten minutes,
 * and nothing to be set about headers.
 */
export async function staticHost(): Promise<StaticHost> {
  const built = readdirSync(fromRoot('dist/app'), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const files = new Map<string, string | Buffer>();
  for (const { parentPath, name } of built) {
    const file = `${parentPath}/${name}`;
    files.set(file.slice(fromRoot('dist/app/').length), readFileSync(file));
  }
  const held = new Map<string, Promise<void>>();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const path = `${pathname}${pathname.endsWith('/') ? 'index.html' : ''}`;
    const name = path.startsWith(folder) ? path.slice(folder.length) : '';
    void (held.get(name) ?? Promise.resolve()).then(() => {
      const type = types[extname(name)] ?? 'application/octet-stream';
      const content = files.get(name);
      if (content === undefined) response.writeHead(404).end();
      else response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'max-age=600' }).end(content);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}${folder}`,
    put: (path, content) => void files.set(path, content),
    change: (paths, edit) => {
      for (const [path, content] of files) if (paths.test(path)) files.set(path, edit(String(content)));
    },
    hold: (path) => {
      const { promise, resolve } = withResolvers();
      held.set(path, promise);
      return resolve;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
