/**
 * Shaders of a training step on webgl and webgpu, ours beside stock tfjs's, in one run: filter gradients, steps of
 * optimizers, dropout masks. `npm run bench -- gpu [--hardware]`. Without the option a processor imitates the graphics
 * card: it has no idle threads to fill, so that only the work itself shows in the ratios, not how far it is divided.
 */
import { chromium } from '@playwright/test';
import { existsSync } from 'node:fs';
import { build, preview } from 'vite';
import type { Clock } from './gpu/page';

declare const timings: Clock;

const hardware = process.argv.includes('--hardware');
const software = ['--enable-unsafe-swiftshader', '--use-webgpu-adapter=swiftshader'];
const input = 'bench/gpu/index.html';
const common = { root: process.cwd(), logLevel: 'error' as const, publicDir: false as const };
const outDir = '.cache/bench-gpu';
const repeats = hardware ? 15 : 3;

await build({ ...common, build: { outDir, emptyOutDir: true, rolldownOptions: { input } } });
const server = await preview({ ...common, build: { outDir }, preview: { port: 4_188 } });
const executablePath = [chromium.executablePath(), process.env.CHROMIUM_PATH, '/usr/bin/chromium'].find(
  (path) => path && existsSync(path),
);
const browser = await chromium.launch({
  ...(executablePath && { executablePath }),
  headless: !hardware,
  args: ['--no-sandbox', '--enable-unsafe-webgpu', ...(hardware ? [] : software)],
});

async function measure(backend: 'webgl' | 'webgpu', mended: boolean) {
  const page = await browser.newPage();
  await page.goto(`${server.resolvedUrls?.local[0]}${input}`);
  await page.waitForFunction(() => document.title === 'ready');
  const times = await page.evaluate(([name, mend, times]) => timings.measure(name, mend, times), [
    backend,
    mended,
    repeats,
  ] as const);
  await page.close();
  return times;
}

const ms = (value: number) => value.toFixed(1).padStart(9);
for (const backend of ['webgl', 'webgpu'] as const) {
  const stock = await measure(backend, false);
  const ours = await measure(backend, true);
  console.log(`${backend}, ${hardware ? 'hardware' : 'imitated by the processor'}: ms stock, ms ours, ratio`);
  for (const [name, before] of Object.entries(stock)) {
    const after = ours[name] ?? NaN;
    console.log(`${ms(before)} ${ms(after)} ${`${(before / after).toFixed(1)}×`.padStart(8)}  ${name}`);
  }
}
await browser.close();
await server.close();
