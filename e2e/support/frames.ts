import type { Page } from '@playwright/test';

export interface Frames {
  readonly perSecond: number;
  /** Between two frames, in ms. */
  readonly longest: number;
  readonly seconds: number;
}

/** Counts the page's frames for so many ms. */
export async function watchFrames(page: Page, duration: number): Promise<Frames> {
  const times = await page.evaluate(
    (ms) =>
      new Promise<number[]>((resolve) => {
        const seen: number[] = [];
        const frame = (now: number) => {
          seen.push(now);
          if (now - (seen[0] ?? now) < ms) requestAnimationFrame(frame);
          else resolve(seen);
        };
        requestAnimationFrame(frame);
      }),
    duration,
  );
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? time));
  const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
  return { perSecond: gaps.length / seconds, longest: Math.max(...gaps), seconds };
}
