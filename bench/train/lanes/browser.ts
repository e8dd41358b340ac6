import { type Browser, chromium, type Page } from '@playwright/test';
import { build, preview } from 'vite';
import { launchOptions, viewport } from '../../../e2e/support/chromium';
import type { Bench } from '../browser/page';
import type { Engine } from '../rows';
import type { Task } from '../task';
import type { Lane } from './lane';
import { peakOf } from './peak';

declare const bench: Bench;

const OUT = '.cache/bench/page';
const PAGE = 'bench/train/browser/index.html';
const PORT = 4273;

/** Static files on a server that isolates pages, as threads and precise timers want it. */
export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** Builds a page of the project, with all that it imports and the files in public/, and serves it. */
export async function serveBuilt(input: string, outDir: string): Promise<Site> {
  await build({ logLevel: 'error', build: { outDir, emptyOutDir: true, rolldownOptions: { input } } });
  const server = await preview({ logLevel: 'error', build: { outDir }, preview: { port: PORT } });
  return { url: `${server.resolvedUrls?.local[0] ?? ''}`, close: () => server.close() };
}

export const serveBenchPage = (): Promise<Site> => serveBuilt(PAGE, OUT);

/** A page of its own in a Chromium of its own. */
export async function openPage(
  graphics: 'none' | 'software',
  url: string,
): Promise<{ readonly browser: Browser; readonly page: Page }> {
  const browser = await chromium.launch(launchOptions(graphics));
  const page = await browser.newPage({ viewport });
  await page.goto(url);
  return { browser, page };
}

export async function openBenchPage(site: Site, graphics: 'none' | 'software') {
  const opened = await openPage(graphics, `${site.url}${PAGE}`);
  await opened.page.waitForFunction(() => document.title === 'ready' && crossOriginIsolated);
  return opened;
}

/** The page's renderer, which is the largest one, and with imitated graphics the process that imitates them. */
async function peakBytes(browser: Browser, graphics: 'none' | 'software'): Promise<number | null> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const largest = (type: string) =>
    Math.max(0, ...processInfo.filter((each) => each.type === type).map(({ id }) => peakOf(id) ?? 0));
  const bytes = largest('renderer') + (graphics === 'software' ? largest('GPU') : 0);
  return bytes > 0 ? bytes : null;
}

/** Playwright puts its own words before, and the page's stack behind. */
const plain = (error: unknown): Error =>
  new Error(
    (error instanceof Error ? error.message : String(error))
      .replace(/^page\.evaluate: (Error: )?/, '')
      .split('\n    at ')[0],
  );

const inPage = <T>(work: Promise<T>): Promise<T> => work.catch((error: unknown) => Promise.reject(plain(error)));

export async function openBrowserLane(site: Site, engine: Engine, task: Task): Promise<Lane> {
  const graphics = engine === 'tfjs-webgl' ? 'software' : 'none';
  const { browser, page } = await openBenchPage(site, graphics);
  try {
    const opened = await inPage(page.evaluate(([name, given]) => bench.open(name, given), [engine, task] as const));
    return {
      engine,
      where: 'browser',
      ...opened,
      run: (what, count) => inPage(page.evaluate(([name, times]) => bench.run(name, times), [what, count] as const)),
      peakBytes: () => peakBytes(browser, graphics),
      close: () => browser.close(),
    };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
