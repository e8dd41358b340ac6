import { expect, test } from '@playwright/test';
import { Loom } from './support/loom';

const watched = 10_000;
const fewestFrames = 50;
const longestGap = 100;

/** What tfjs leaves on the global object of whoever loads it. */
const traces = ['tf', '_tfengine', '_tfGlobals'];

test('while LeNet-5 learns Fashion-MNIST, the page stays smooth and tfjs stays in the worker', async ({ page }) => {
  const loom = new Loom(page);
  await loom.open();
  await page.getByRole('button', { name: 'Presets' }).click();
  await page.getByRole('menuitem', { name: /^LeNet-5/ }).click();
  await expect(loom.layer('conv1')).toContainText('28×28×6');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect.poll(async () => (await loom.run()).step, { timeout: 60_000 }).toBeGreaterThan(10);

  const before = await loom.run();
  const times = await page.evaluate(
    (duration) =>
      new Promise<number[]>((resolve) => {
        const seen: number[] = [];
        const frame = (now: number) => {
          seen.push(now);
          if (now - (seen[0] ?? now) < duration) requestAnimationFrame(frame);
          else resolve(seen);
        };
        requestAnimationFrame(frame);
      }),
    watched,
  );
  const after = await loom.run();
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? time));
  const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
  const perSecond = gaps.length / seconds;
  const longest = Math.max(...gaps);
  const steps = after.step - before.step;
  console.log(
    `  ${perSecond.toFixed(1)} frames a second, longest gap ${longest.toFixed(0)} ms, ` +
      `${steps} steps in ${seconds.toFixed(1)} s on ${after.backend}`,
  );
  expect(after.status).toBe('running');
  expect(steps).toBeGreaterThan(20);
  expect(perSecond).toBeGreaterThanOrEqual(fewestFrames);
  expect(longest).toBeLessThanOrEqual(longestGap);

  const tracesIn = (names: readonly string[]) => names.filter((name) => name in globalThis);
  expect(await page.evaluate(tracesIn, traces)).toEqual([]);
  const inWorkers = await Promise.all(page.workers().map((worker) => worker.evaluate(tracesIn, traces)));
  expect(inWorkers.flat()).toContain('_tfengine');
  expect(loom.complaints).toEqual([]);
});
