import { expect, type Download, type Locator, type Page } from '@playwright/test';

/** A point of the canvas, as shares of its width and height. */
export type Place = readonly [number, number];

/** Smallest share of the validation digits that a trained network must tell apart. */
export const goodEnough = 0.95;

/** The screen as its users name its parts. */
export class Loom {
  readonly canvas: Locator;
  readonly inspector: Locator;
  readonly dock: Locator;
  /** The button that begins, when a run has ended. */
  readonly train: Locator;
  /** Errors and warnings of the console, and exceptions, so far. */
  readonly complaints: string[] = [];

  constructor(readonly page: Page) {
    this.canvas = page.getByRole('application', { name: 'Network canvas' });
    this.inspector = page.getByRole('complementary', { name: 'Inspector' });
    this.dock = page.getByRole('region', { name: 'Dock' });
    this.train = page.getByRole('button', { name: 'Train again', exact: true });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
  }

  async open(address = '/'): Promise<void> {
    await this.page.goto(address);
    await expect(this.canvas).toBeVisible();
  }

  /** Opens the app, takes LeNet-5 with Fashion-MNIST and trains it; returns when it has begun to learn. */
  async trainLeNet(): Promise<void> {
    await this.open();
    await this.page.getByRole('button', { name: 'Presets' }).click();
    await this.page.getByRole('menuitem', { name: /^LeNet-5/ }).click();
    await expect(this.layer('conv1')).toContainText('28×28×6');
    await this.page.getByRole('button', { name: 'Train', exact: true }).click();
    await expect.poll(async () => (await this.run()).step, { timeout: 60_000 }).toBeGreaterThan(10);
  }

  layer(name: string): Locator {
    return this.canvas.getByRole('group', { name, exact: true });
  }

  layers(): Locator {
    return this.canvas.getByRole('group');
  }

  field(label: string): Locator {
    return this.inspector.getByRole('spinbutton', { name: label, exact: true });
  }

  /** What the page keeps of the run: see `ConsoleHandle`. */
  async run() {
    return this.page.evaluate(() => {
      const run = window.layerloom?.run.getState();
      return {
        status: run?.status ?? 'idle',
        step: run?.step ?? 0,
        backend: run?.info?.backend ?? '',
        valAccuracy: run?.history.epochs.at(-1)?.valAccuracy ?? 0,
        testAccuracy: run?.test?.accuracy ?? 0,
        filters: run?.job?.plan.layers.find(({ type }) => type === 'conv2d')?.params.filters,
      };
    });
  }

  /** The drawing as it would be saved, without the network's places on the canvas. */
  async drawing(): Promise<string> {
    return this.page.evaluate(() => JSON.stringify(window.layerloom?.documents.getState().document));
  }

  /** The weights on the desk, and a sum over them that tells one training from another. */
  async weights() {
    return this.page.evaluate(() => {
      const weights = window.layerloom?.run.getState().checkpoint?.state.weights ?? {};
      return Object.entries(weights).map(([key, values]) => [key, values.length, values.reduce((sum, value) => sum + value, 0)]);
    });
  }

  /** What the app itself says of examples, where it trained them. */
  async predict(input: readonly number[]): Promise<number[]> {
    const answer = await this.page.evaluate(async (values) => {
      const found = await window.layerloom?.predict(values);
      return found?.ok ? Array.from(found.value[0] ?? []) : (found?.error.message ?? 'no handle');
    }, input);
    if (typeof answer === 'string') throw new Error(answer);
    return answer;
  }

  /** Goes back from a panel to the canvas, with the keyboard: there is no key for it, so Tab leads round. */
  async toCanvas(): Promise<void> {
    for (let i = 0; i < 120; i += 1) {
      if (await this.canvas.evaluate((element) => element === element.ownerDocument.activeElement)) break;
      await this.page.keyboard.press('Shift+Tab');
    }
    await expect(this.canvas).toBeFocused();
  }

  /** Waits until what was drawn lies in the browser's storage. */
  async saved(): Promise<void> {
    await expect(this.page.getByRole('banner').getByText('saved', { exact: true })).toBeVisible();
  }
}

export async function bytesOf(download: Download): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Uint8Array);
  return new Uint8Array(Buffer.concat(chunks));
}
