import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { BrowserContext } from '@playwright/test';
import { unzipSync } from 'fflate';
import { fromRoot } from './digits';

const scripts = [
  'node_modules/@tensorflow/tfjs/dist/tf.min.js',
  'node_modules/@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.min.js',
];
const wasm = ['', '-simd', '-threaded-simd'].map(
  (build) => `node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm${build}.wasm`,
);
const origin = 'http://plain.localhost';
const types: Readonly<Record<string, string>> = { js: 'text/javascript', wasm: 'application/wasm', json: 'application/json' };

/** As much of tfjs as the bare page uses, as its own documentation names it. */
interface PlainTf {
  readonly env: () => { set(flag: string, value: boolean): void };
  readonly setBackend: (name: string) => Promise<boolean>;
  readonly getBackend: () => string;
  readonly tensor: (values: readonly number[], shape: readonly number[]) => object;
  readonly loadLayersModel: (url: string) => Promise<{ predict(input: object): { data(): Promise<Float32Array> } }>;
  readonly wasm: { setWasmPaths(base: string): void; setThreadsCount(count: number): void };
}

/** What an exported model says of the inputs it wants. */
interface InputNote {
  readonly shape: readonly number[];
  readonly shift: readonly number[];
  readonly factor: readonly number[];
}

export interface ExportedModel {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly input: InputNote;
}

export function unpack(zip: Uint8Array): ExportedModel {
  const files = new Map(Object.entries(unzipSync(zip)));
  const model = JSON.parse(new TextDecoder().decode(files.get('model.json'))) as {
    readonly userDefinedMetadata: { readonly layerloom: { readonly input: InputNote } };
  };
  return { files, input: model.userDefinedMetadata.layerloom.input };
}

/** Stored values as the model wants them: (stored − shift) · factor, one shift and factor for all. */
export const prepared = (stored: Uint8Array, { shift, factor }: InputNote): number[] =>
  Array.from(stored, (value) => Math.fround((value - (shift[0] ?? 0)) * (factor[0] ?? 1)));

/**
 * Outputs of an exported model in a page that holds tfjs from its package and nothing of Layerloom's.
 * @param threads those that the app trained with.
 */
export async function predictPlainly(
  context: BrowserContext,
  { files, input }: ExportedModel,
  values: readonly number[],
  threads: number,
): Promise<{ readonly backend: string; readonly ours: boolean; readonly outputs: number[] }> {
  const page = await context.newPage();
  const served = new Map([...scripts, ...wasm].map((path) => [basename(path), readFileSync(fromRoot(path))]));
  for (const [name, bytes] of files) served.set(name, Buffer.from(bytes));
  // What an export brings for layers that tfjs lacks comes after tfjs's own scripts, as its README says.
  const brought = [...files.keys()].filter((name) => name.endsWith('.js'));
  const head = [...scripts.map((path) => basename(path)), ...brought].map((name) => `<script src="${name}"></script>`).join('');
  served.set('', Buffer.from(`<!doctype html><title>plain</title>${head}`));
  await page.route(`${origin}/**`, (route) => {
    const name = new URL(route.request().url()).pathname.slice(1);
    const body = served.get(name);
    if (!body) return route.fulfill({ status: 404 });
    return route.fulfill({
      body,
      contentType: types[name.split('.').at(-1) ?? ''] ?? (name === '' ? 'text/html' : 'application/octet-stream'),
      headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
    });
  });
  await page.goto(`${origin}/`);
  const answer = await page.evaluate(
    async ({ values, shape, threads }) => {
      const { tf } = globalThis as typeof globalThis & { readonly tf: PlainTf };
      if (threads === 1) tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
      tf.wasm.setWasmPaths('./');
      tf.wasm.setThreadsCount(threads);
      await tf.setBackend('wasm');
      const model = await tf.loadLayersModel('./model.json');
      const count = values.length / shape.reduce((product, size) => product * size, 1);
      const outputs = Array.from(await model.predict(tf.tensor(values, [count, ...shape])).data());
      return { backend: tf.getBackend(), ours: 'layerloom' in globalThis, outputs };
    },
    { values, shape: input.shape, threads },
  );
  await page.close();
  return answer;
}
