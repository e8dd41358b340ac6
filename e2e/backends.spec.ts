import { fileURLToPath } from 'node:url';
import { type Page, expect, test } from '@playwright/test';
import { type PreviewServer, build, preview } from 'vite';
import type { CaseBackend } from '@/engine/kernels/cases/mendCase';
import type { Faults, Kernels } from './kernels/page';

declare const kernels: Kernels;

// The registries leave tests out by patterns that hold below the root alone.
const root = fileURLToPath(new URL('..', import.meta.url));
const configFile = `${root}vite.config.ts`;
const outDir = `${root}.cache/kernels`;
const input = 'e2e/kernels/index.html';

/** What a browser says when a shader does not compile, or when the work queued with it is lost. */
const LOST_WORK = /is invalid due to a previous error|while parsing WGSL|Failed to compile fragment shader/i;

let server: PreviewServer;

test.beforeAll(async () => {
  const common = { root, configFile, logLevel: 'error' as const };
  const built = { outDir, emptyOutDir: true, minify: false, rolldownOptions: { input } };
  await build({ ...common, publicDir: false, build: built });
  server = await preview({ ...common, build: { outDir }, preview: { port: Number(process.env.PORT ?? 4173) + 1 } });
});

test.afterAll(() => server.close());

async function open(page: Page, backend: CaseBackend, mended: boolean): Promise<readonly string[]> {
  const lost: string[] = [];
  page.on('console', (message) => {
    if (LOST_WORK.test(message.text())) lost.push(message.text());
  });
  await page.goto(`${server.resolvedUrls?.local[0]}${input}`);
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

    test('mended agrees with numbers from elsewhere where it goes ways of its own, and frees all it took', async ({
      page,
    }) => {
      const lost = await open(page, backend, true);
      const before = await page.evaluate(() => kernels.held());
      expect(wrong(await page.evaluate(() => kernels.comparisons()))).toEqual({});
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

for (const backend of ['webgl', 'webgpu'] as const) {
  test(`tfjs on ${backend} updates a weight, and draws, with one shader`, async ({ page }) => {
    await open(page, backend, true);
    const updates = Object.values(await page.evaluate(() => kernels.updates()));
    expect(updates.length).toBeGreaterThan(4);
    for (const names of updates) expect(names).toEqual(['Elementwise']);
    for (const names of Object.values(await page.evaluate(() => kernels.draws())))
      expect(names).toEqual(['PhiloxDraw']);
  });

  test(`whole networks train on ${backend} as on cpu, their shaders compiled ahead`, async ({ page }) => {
    const lost = await open(page, backend, true);
    const before = await page.evaluate(() => kernels.held());
    const { faults, told, late } = await page.evaluate(() => kernels.programs());
    expect(wrong(faults)).toEqual({});
    expect(told[0]).toBe(0);
    expect(told.at(-1)).toBe(1);
    expect(told.length).toBeGreaterThan(100);
    // How webgl packs what comes from the processor depends on what has been uploaded before.
    expect(late).toBeLessThan(10);
    expect(await page.evaluate(() => kernels.held())).toBe(before);
    expect(lost).toEqual([]);
  });
}
