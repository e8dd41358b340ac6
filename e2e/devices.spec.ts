import { expect, test, type Page, type Worker } from '@playwright/test';
import { Loom } from './support/loom';

/** Steps of 90 examples: 17 in each of the epochs, and long enough on an imitated graphics card to be disturbed. */
const EPOCHS = 12;
const STEPS = 17 * EPOCHS;

const network = (recipe: object = {}) => ({
  format: 'layerloom',
  version: 1,
  name: 'Digits',
  seed: 5,
  strict: false,
  dataset: 'digits',
  recipe: {
    optimizer: { type: 'momentum', params: {} },
    learningRate: 0.05,
    loss: 'crossEntropy',
    batchSize: 90,
    epochs: EPOCHS,
    validation: 0,
    shuffle: true,
    inputs: 'unit',
    ...recipe,
  },
  nodes: [
    { id: 'image', type: 'input', params: { shape: [8, 8, 1] } },
    { id: 'conv', type: 'conv2d', params: { filters: 12, activation: 'tanh' } },
    { id: 'flat', type: 'flatten', params: {} },
    { id: 'classes', type: 'dense', params: { units: 10, activation: 'softmax' } },
    { id: 'out', type: 'output', params: {} },
  ].map((node, i) => ({ ...node, name: node.id, position: { x: 0, y: 96 * i } })),
  edges: ['image', 'conv', 'flat', 'classes'].map((from, i) => ({
    from: { node: from, port: 0 },
    to: { node: ['conv', 'flat', 'classes', 'out'][i], port: 0 },
  })),
});

async function draw(loom: Loom, document: object): Promise<void> {
  const dropped = await loom.page.evaluateHandle((text) => {
    const files = new DataTransfer();
    files.items.add(new File([text], 'network.json', { type: 'application/json' }));
    return files;
  }, JSON.stringify(document));
  await loom.canvas.dispatchEvent('drop', { dataTransfer: dropped });
  await expect(loom.layers()).toHaveCount(5);
}

async function choose(loom: Loom, backend: string): Promise<void> {
  await loom.dock.getByRole('combobox', { name: 'Backend of the next run' }).click();
  await loom.page.getByRole('option', { name: new RegExp(`^${backend}\\b`) }).click();
}

const start = (loom: Loom) => loom.dock.getByRole('button', { name: /^Start/ }).click();

async function trained(loom: Loom): Promise<readonly number[]> {
  await expect(loom.train).toBeVisible({ timeout: 150_000 });
  return loom.page.evaluate(() => window.layerloom?.run.getState().history.losses ?? []);
}

/** Puts the devices that tfjs will ask for within the test's reach; none of the product's own code is involved. */
async function reachDevices(page: Page): Promise<Worker> {
  const worker = page.workers().find((each) => /\/worker-[^/]*\.js$/.test(each.url()));
  if (!worker) throw new Error('There is no training worker.');
  await worker.evaluate(() => {
    const contexts: WebGL2RenderingContext[] = [];
    const getContext = OffscreenCanvas.prototype.getContext;
    OffscreenCanvas.prototype.getContext = function (this: OffscreenCanvas, ...wanted: unknown[]) {
      const context = Reflect.apply(getContext, this, wanted) as WebGL2RenderingContext;
      contexts.push(context);
      return context;
    } as typeof getContext;
    const devices: { destroy(): void }[] = [];
    const { GPUAdapter } = globalThis as unknown as {
      GPUAdapter: { prototype: { requestDevice(...wanted: unknown[]): Promise<{ destroy(): void }> } };
    };
    const { requestDevice } = GPUAdapter.prototype;
    GPUAdapter.prototype.requestDevice = async function (...wanted) {
      const device = await Reflect.apply(requestDevice, this, wanted);
      devices.push(device);
      return device;
    };
    Object.assign(globalThis, {
      loseAll: () => {
        for (const context of contexts)
          if (!context.isContextLost()) context.getExtension('WEBGL_lose_context')?.loseContext();
        for (const device of devices) device.destroy();
      },
    });
  });
  return worker;
}

declare function loseAll(): void;
declare function told(what: string): void;

for (const { backend, says } of [
  { backend: 'webgl', says: /WebGL context lost/ },
  { backend: 'webgpu', says: /WebGPU device lost/ },
]) {
  test(`a run whose ${backend} device is lost goes on with wasm, step by step`, async ({ page }) => {
    const loom = new Loom(page);
    await loom.open();
    await draw(loom, network());
    await choose(loom, 'wasm');
    await start(loom);
    const undisturbed = await trained(loom);
    expect(undisturbed).toHaveLength(STEPS);

    const worker = await reachDevices(page);
    await choose(loom, backend);
    await start(loom);
    await page.waitForFunction(() => (window.layerloom?.run.getState().step ?? 0) > 8, null, { timeout: 100_000 });
    expect((await loom.run()).backend).toContain(backend);
    await worker.evaluate(() => loseAll());
    const disturbed = await trained(loom);

    const { status, backend: last } = await loom.run();
    expect([status, last]).toEqual(['finished', expect.stringContaining('wasm')]);
    const moves = await page.evaluate(() => window.layerloom?.run.getState().moves ?? []);
    expect(moves).toHaveLength(1);
    expect(moves[0]?.problem.message).toMatch(says);
    await expect(loom.dock.getByText(says)).toBeVisible();
    // The same steps, each once; two backends differ by rounding.
    expect(disturbed).toHaveLength(STEPS);
    const apart = disturbed.map((loss, i) => Math.abs(loss - (undisturbed[i] ?? NaN)));
    expect(Math.max(...apart)).toBeLessThan(1e-3);
  });
}

test('auto times the backends that come into question once, shows what it found, and times again when asked to', async ({
  page,
}) => {
  const loom = new Loom(page);
  const phases: string[] = [];
  await page.exposeFunction('told', (what: string) => phases.push(what));
  const listen = () =>
    page.evaluate(() =>
      window.layerloom?.run.subscribe(({ preparing }, before) => {
        if (preparing && preparing !== before.preparing) told(preparing.what);
      }),
    );
  await loom.open();
  await listen();
  /** The backends that were timed, or of which a part of a step was enough. */
  const timed = () => [
    ...new Set(phases.splice(0).flatMap((what) => /^(?:Timing|Trying) (\w+)/.exec(what)?.[1] ?? [])),
  ];
  const quick = { epochs: 1 };
  await draw(loom, network(quick));

  await start(loom);
  await trained(loom);
  expect(timed()).toEqual(['wasm', 'cpu']);
  const { backend } = await loom.run();
  const [taken] = backend.split(' ');
  await loom.dock.getByRole('button', { name: `Backend: ${backend}` }).click();
  const details = page.getByRole('dialog', { name: 'Backend' });
  await expect(details).toContainText('The fastest here at a training step of this network.');
  const row = (name: string) => details.getByRole('row', { name: new RegExp(`^${name} `) });
  await expect(row('wasm')).toContainText(/(ms|µs) a step/);
  await expect(row('cpu')).toContainText(/(ms|µs) a step|given up/);
  // The processor imitates both: nothing to be timed.
  await expect(row('webgl')).toContainText('not timed');
  await expect(row('webgpu')).toContainText('not timed');

  await page.keyboard.press('Escape');
  await page.reload();
  await expect(loom.layers()).toHaveCount(5);
  await listen();
  await start(loom);
  await trained(loom);
  expect(timed()).toEqual([]);
  expect((await loom.run()).backend).toMatch(new RegExp(`^${taken}`));
  await loom.dock.getByRole('button', { name: /^Backend: / }).click();
  await expect(details).toContainText('as timed before an earlier run');
  await details.getByRole('button', { name: 'Time the backends again at the next start' }).click();
  await expect(page.getByText('The next start times the backends again.')).toBeVisible();
  await start(loom);
  await trained(loom);
  expect(timed()).toEqual(['wasm', 'cpu']);

  // Another batch size is another step.
  await draw(loom, network({ ...quick, batchSize: 45 }));
  await start(loom);
  await trained(loom);
  expect(timed()).toEqual(['wasm', 'cpu']);
  expect(loom.complaints).toEqual([]);
});
