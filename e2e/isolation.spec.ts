import { expect, test, type Page, type Worker } from '@playwright/test';
import { Loom } from './support/loom';
import { staticHost, type StaticHost } from './support/staticHost';

/** The service worker's file. */
const script = 'isolation.js';
/** Milliseconds in which a page that wants to reload would have done so. */
const settling = 2000;

let host: StaticHost;
test.beforeEach(async () => {
  host = await staticHost();
  // Four logical cores, so two threads, on any machine.
  const cores = `Object.defineProperty(navigator, 'hardwareConcurrency', { value: 4 });`;
  host.change(/^assets\/worker-.*\.js$/, (code) => cores + code);
});
test.afterEach(() => host.close());

/** A visitor's window, and how often a page was loaded in it so far. */
function visitor(page: Page): { readonly loom: Loom; readonly loads: () => number } {
  let loads = 0;
  page.on('domcontentloaded', () => (loads += 1));
  return { loom: new Loom(page), loads: () => loads };
}

/** False also in the moment between two pages. */
const isIsolated = (page: Page) => page.evaluate(() => window.crossOriginIsolated).catch(() => false);
const becomesIsolated = (page: Page) => expect.poll(() => isIsolated(page)).toBe(true);
const workersOf = (page: Page) =>
  page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).map(({ active }) => active?.scriptURL));

/** Resolves when the service worker is in charge of the next load, and whatever page it finds has made up its mind. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.waitForTimeout(settling);
}

async function openPreset(loom: Loom, name: RegExp): Promise<void> {
  await loom.page.getByRole('button', { name: 'Presets' }).click();
  await loom.page.getByRole('menuitem', { name }).click();
  await expect(loom.layers()).not.toHaveCount(0);
  await loom.saved();
}

/** Trains on the rings for some steps; the backend as it describes itself. */
async function trainRings(loom: Loom): Promise<string> {
  if ((await loom.layers().count()) === 0) await openPreset(loom, /^MLP on rings/);
  await loom.page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect.poll(async () => (await loom.run()).step, { timeout: 60_000 }).toBeGreaterThan(20);
  return (await loom.run()).backend;
}

function trainingWorker(page: Page): Worker {
  const worker = page.workers().find((one) => /\/worker-[^/]*\.js$/.test(one.url()));
  if (!worker)
    throw new Error(
      `None of the page's workers trains: ${page
        .workers()
        .map((one) => one.url())
        .join(', ')}`,
    );
  return worker;
}

test.describe('on a host without headers', () => {
  test('the first visit reloads once, keeps what was opened, and trains on threads', async ({ page }) => {
    const { loom, loads } = visitor(page);
    const release = host.hold(script);
    await loom.open(host.url);
    expect(await isIsolated(page)).toBe(false);
    await openPreset(loom, /^MLP on rings/);
    const drawn = await loom.drawing();
    expect(loads()).toBe(1);

    release();
    await becomesIsolated(page);
    await expect(loom.canvas).toBeVisible();
    expect(await loom.drawing()).toBe(drawn);

    expect(await trainRings(loom)).toBe('wasm · relaxed SIMD · 4 threads');
    const seen = await trainingWorker(page).evaluate(async () => {
      const source = 'onmessage = ({ data }) => { new Int32Array(data)[0] = 7; postMessage(crossOriginIsolated); };';
      const nested = new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
      const shared = new SharedArrayBuffer(4);
      const nestedToo = await new Promise<unknown>((resolve) => {
        nested.onmessage = ({ data }) => resolve(data);
        nested.postMessage(shared);
      });
      nested.terminate();
      return { isolated: crossOriginIsolated, nestedToo, written: new Int32Array(shared)[0] };
    });
    expect(seen).toEqual({ isolated: true, nestedToo: true, written: 7 });

    await page.waitForTimeout(settling);
    expect(loads()).toBe(2);
    expect(loom.complaints).toEqual([]);
  });

  test('later visits are isolated from the start', async ({ page, context }) => {
    await visitor(page).loom.open(host.url);
    await becomesIsolated(page);
    const { loom, loads } = visitor(await context.newPage());
    await loom.open(`${host.url}index.html?from=somewhere`);
    expect(await isIsolated(loom.page)).toBe(true);
    await settled(loom.page);
    expect(loads()).toBe(1);
    expect(loom.complaints).toEqual([]);
  });

  test('a reload past the worker is left at that, with the same network; the next one is isolated', async ({
    page,
    context,
  }) => {
    const { loom, loads } = visitor(page);
    await loom.open(host.url);
    await becomesIsolated(page);
    await openPreset(loom, /^MLP on rings/);
    const drawn = await loom.drawing();
    const devtools = await context.newCDPSession(page);
    await devtools.send('Page.reload', { ignoreCache: true });
    await expect.poll(loads).toBe(3);
    await settled(page);
    expect(await isIsolated(page)).toBe(false);
    expect(await loom.drawing()).toBe(drawn);
    await page.reload();
    await expect(loom.layers()).not.toHaveCount(0);
    expect(await isIsolated(page)).toBe(true);
    expect(await loom.drawing()).toBe(drawn);
    await settled(page);
    expect(loads()).toBe(4);
    expect(loom.complaints).toEqual([]);
  });

  test('a browser that goes past its service workers reloads once and no more', async ({ page, context }) => {
    const devtools = await context.newCDPSession(page);
    await devtools.send('Network.enable');
    await devtools.send('Network.setBypassServiceWorker', { bypass: true });
    const { loom, loads } = visitor(page);
    await loom.open(host.url);
    await expect.poll(loads).toBe(2);
    expect(await trainRings(loom)).toBe('wasm · relaxed SIMD · 1 thread');
    await settled(page);
    expect(loads()).toBe(2);
    expect(await isIsolated(page)).toBe(false);
    expect(loom.complaints).toEqual([]);
  });

  test('steps of undo are not reloaded away; the next load is isolated', async ({ page }) => {
    const { loom, loads } = visitor(page);
    const release = host.hold(script);
    await loom.open(host.url);
    await loom.canvas.focus();
    await page.keyboard.press('d');
    await expect(loom.layers()).toHaveCount(1);
    await page.keyboard.press('c');
    await expect(loom.layers()).toHaveCount(2);
    await loom.saved();
    release();
    await settled(page);
    expect(loads()).toBe(1);
    expect(await isIsolated(page)).toBe(false);
    await page.keyboard.press('ControlOrMeta+z');
    await expect(loom.layers()).toHaveCount(1);
    await loom.saved();

    await page.reload();
    await expect(loom.layers()).toHaveCount(1);
    expect(await isIsolated(page)).toBe(true);
    expect(loads()).toBe(2);
    expect(loom.complaints).toEqual([]);
  });

  test('a run goes on, on one thread', async ({ page }) => {
    const { loom, loads } = visitor(page);
    const release = host.hold(script);
    await loom.open(host.url);
    await openPreset(loom, /^LeNet-5/);
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await expect.poll(async () => (await loom.run()).step, { timeout: 60_000 }).toBeGreaterThan(3);
    expect((await loom.run()).backend).toBe('wasm · relaxed SIMD · 1 thread');
    release();
    await settled(page);
    expect(loads()).toBe(1);
    const { status, step } = await loom.run();
    expect(status).toBe('running');
    await expect.poll(async () => (await loom.run()).step).toBeGreaterThan(step);
    expect(loom.complaints).toEqual([]);
  });

  test('who is typing is left in peace', async ({ page }) => {
    const { loom, loads } = visitor(page);
    const release = host.hold(script);
    await loom.open(host.url);
    await loom.canvas.focus();
    await page.keyboard.press('/');
    await page.keyboard.type('conv');
    release();
    await settled(page);
    expect(loads()).toBe(1);
    await expect(page.locator('input:focus')).toHaveValue('conv');
  });

  test('a new version of the worker takes over with the next load', async ({ page }) => {
    const { loom, loads } = visitor(page);
    await loom.open(host.url);
    await becomesIsolated(page);
    const version = () =>
      page.evaluate(
        () =>
          new Promise<unknown>((resolve) => {
            navigator.serviceWorker.onmessage = ({ data }) => resolve(data);
            navigator.serviceWorker.controller?.postMessage('version?');
            setTimeout(() => resolve('says nothing'), 500);
          }),
      );
    expect(await version()).toBe('says nothing');
    host.change(/^isolation\.js$/, (code) => `${code}\nself.onmessage = ({ source }) => source.postMessage('second');`);
    host.change(/^index\.html$/, (page) => page.replace('<title>Layerloom', '<title>Layerloom 2'));
    await page.reload();
    await expect(page).toHaveTitle('Layerloom 2');
    await expect.poll(version).toBe('second');
    expect(await isIsolated(page)).toBe(true);
    expect(loads()).toBe(3);
  });

  test('other pages below its folder stay as they are', async ({ page, context }) => {
    host.put('blog/index.html', '<!doctype html><title>blog</title><link rel="icon" href="data:," />');
    await visitor(page).loom.open(host.url);
    await becomesIsolated(page);
    const other = await context.newPage();
    const answer = await other.goto(`${host.url}blog/`);
    await expect(other).toHaveTitle('blog');
    expect(await other.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
    expect(await isIsolated(other)).toBe(false);
    expect(answer?.headers()).not.toHaveProperty('cross-origin-embedder-policy');
  });
});

test.describe('on a host without headers, in a browser that refuses service workers', () => {
  test.use({ serviceWorkers: 'block' });

  test('it works on one thread, and nothing reloads', async ({ page }) => {
    const { loom, loads } = visitor(page);
    await loom.open(host.url);
    expect(await trainRings(loom)).toBe('wasm · relaxed SIMD · 1 thread');
    expect(await isIsolated(page)).toBe(false);
    await page.waitForTimeout(settling);
    expect(loads()).toBe(1);
    expect(loom.complaints).toEqual(['Service Worker registration blocked by Playwright']);
  });
});

test('on a host without headers, where the worker is damaged, it works on one thread, and nothing reloads', async ({
  page,
}) => {
  host.change(/^isolation\.js$/, () => 'not a script');
  const { loom, loads } = visitor(page);
  await loom.open(host.url);
  expect(await trainRings(loom)).toBe('wasm · relaxed SIMD · 1 thread');
  await page.waitForTimeout(settling);
  expect(loads()).toBe(1);
  expect(await workersOf(page)).toEqual([]);
});

test('on its own server it is isolated, and there is no service worker', async ({ page }) => {
  const { loom, loads } = visitor(page);
  await loom.open();
  expect(await isIsolated(page)).toBe(true);
  await page.waitForTimeout(settling);
  expect(await workersOf(page)).toEqual([]);
  expect(loads()).toBe(1);
  expect(loom.complaints).toEqual([]);
});
