import { chromium, type Page } from '@playwright/test';
import { launchOptions, viewport } from '../../e2e/support/chromium';
import { watchFrames } from '../../e2e/support/frames';
import { Loom } from '../../e2e/support/loom';
import type { Effort } from './effort';
import { serveBuilt } from './lanes/browser';
import type { AppFigures } from './record';
import { interquartileRange, median } from './statistics';

declare global {
  interface Window {
    /** ms since navigation. */
    answersAt?: number;
  }
}

/** Runs in the page before all else: notes when the canvas has been painted and the main thread is free again. */
function noteAnswer(): void {
  const watcher = new MutationObserver(() => {
    if (!document.querySelector('[role="application"]')) return;
    watcher.disconnect();
    requestAnimationFrame(() => setTimeout(() => (window.answersAt = performance.now())));
  });
  watcher.observe(document, { childList: true, subtree: true });
}

async function loadingMs(page: Page, url: string): Promise<number> {
  await page.addInitScript(noteAnswer);
  await page.goto(url);
  await page.waitForFunction(() => window.answersAt !== undefined);
  return page.evaluate(() => window.answersAt ?? NaN);
}

/** The application as it is built: how soon its screen answers, each time in a browser that has nothing of it, and how smoothly it trains. */
export async function measureApp({ loads, watched }: Effort): Promise<AppFigures> {
  const site = await serveBuilt('index.html', '.cache/bench/app');
  const browser = await chromium.launch(launchOptions('none'));
  try {
    const times: number[] = [];
    for (let i = 0; i < loads; i += 1) {
      const context = await browser.newContext({ viewport });
      times.push(await loadingMs(await context.newPage(), site.url));
      await context.close();
    }
    const loom = new Loom(await browser.newPage({ viewport, baseURL: site.url }));
    await loom.trainLeNet();
    const { perSecond, longest } = await watchFrames(loom.page, watched);
    return {
      loading: { ms: median(times), spread: interquartileRange(times), loads },
      frames: { perSecond, longestMs: longest },
    };
  } finally {
    await browser.close();
    await site.close();
  }
}
