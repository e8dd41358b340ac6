import { expect, test } from '@playwright/test';
import { watchFrames } from './support/frames';
import { Loom } from './support/loom';

const watched = 10_000;
const fewestFrames = 50;
const longestGap = 100;

/** What tfjs leaves on the global object of whoever loads it. */
const traces = ['tf', '_tfengine', '_tfGlobals'];

test('while LeNet-5 learns Fashion-MNIST, the page stays smooth and tfjs stays in the worker', async ({ page }) => {
  const loom = new Loom(page);
  await loom.trainLeNet();

  const before = await loom.run();
  const { perSecond, longest, seconds } = await watchFrames(page, watched);
  const after = await loom.run();
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
  // The worker that trains; its threads are busy or asleep in the kernels and answer nobody.
  const training = page.workers().filter((worker) => /\/worker-/.test(worker.url()));
  const inWorkers = await Promise.all(training.map((worker) => worker.evaluate(tracesIn, traces)));
  expect(inWorkers.flat()).toContain('_tfengine');
  expect(loom.complaints).toEqual([]);
});
