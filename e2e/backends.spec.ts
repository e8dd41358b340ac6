import { fileURLToPath } from 'node:url';
import { type Page, expect, test } from '@playwright/test';
import { type PreviewServer, build, preview } from 'vite';
import type { CaseBackend } from '@/engine/kernels/cases/mendCase';
import type { Faults, Kernels } from './kernels/page';

declare const kernels: Kernels;

const root = fileURLToPath(new URL('.', import.meta.url));
const configFile = fileURLToPath(new URL('../vite.config.ts', import.meta.url));
const outDir = fileURLToPath(new URL('../.cache/kernels', import.meta.url));

/** What a browser says when a shader does not compile, or when the work queued with it is lost. */
const LOST_WORK = /is invalid due to a previous error|while parsing WGSL|Failed to compile fragment shader/i;

let server: PreviewServer;

test.beforeAll(async () => {
  const common = { root: `${root}kernels`, configFile, logLevel: 'warn' as const };
  await build({ ...common, publicDir: false, build: { outDir, emptyOutDir: true, minify: false } });
  server = await preview({ ...common, build: { outDir }, preview: { port: Number(process.env.PORT ?? 4173) + 1 } });
});

test.afterAll(() => server.close());

async function open(page: Page, backend: CaseBackend, mended: boolean): Promise<readonly string[]> {
  const lost: string[] = [];
  page.on('console', (message) => {
    if (LOST_WORK.test(message.text())) lost.push(message.text());
  });
  await page.goto(server.resolvedUrls?.local[0] ?? '');
  await expect(page).toHaveTitle('ready');
  await page.evaluate(([name, mend]) => kernels.start(name, mend), [backend, mended] as const);
  return lost;
}

const wrong = (faults: Faults): Faults => Object.fromEntries(Object.entries(faults).filter(([, fault]) => fault));
const right = (faults: Faults): string[] => Object.keys(faults).filter((name) => faults[name] === null);

for (const backend of ['cpu', 'wasm', 'webgl', 'webgpu'] as const) {
  test.describe(`tfjs on ${backend}`, () => {
    test('as it comes fails every case that is mended for this backend', async ({ page }) => {
      await open(page, backend, false);
      const faults = await page.evaluate(() => kernels.cases('failing'));
      expect(right(faults)).toEqual([]);
      expect(Object.keys(faults).length).toBeGreaterThan(20);
    });

    test('mended gives the numbers of PyTorch, and frees all it took', async ({ page }) => {
      const lost = await open(page, backend, true);
      const before = await page.evaluate(() => kernels.held());
      expect(wrong(await page.evaluate(() => kernels.cases('all')))).toEqual({});
      expect(await page.evaluate(() => kernels.held())).toBe(before);
      expect(lost).toEqual([]);
    });

    test('mended agrees with the cpu backend where work is divided, and frees all it took', async ({ page }) => {
      const lost = await open(page, backend, true);
      const before = await page.evaluate(() => kernels.held());
      expect(wrong(await page.evaluate(() => kernels.sizes()))).toEqual({});
      expect(await page.evaluate(() => kernels.held())).toBe(before);
      expect(lost).toEqual([]);
    });

    test('mended runs and differentiates all that layers are built of', async ({ page }) => {
      const lost = await open(page, backend, true);
      expect(wrong(await page.evaluate(() => kernels.operations()))).toEqual({});
      expect(lost).toEqual([]);
    });
  });
}
