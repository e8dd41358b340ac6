import { expect, test } from '@playwright/test';
import { Loom } from './support/loom';

/** A small network for the digits, opened as a file: input, conv1, maxPool1, flatten1, dense1, output. */
const node = (id: string, type: string, row: number, params: object = {}) => ({
  id,
  type,
  name: id,
  params,
  position: { x: 0, y: row * 96 },
});
const ids = ['input', 'conv1', 'maxPool1', 'flatten1', 'dense1', 'output'];
const network = (epochs: number) => ({
  format: 'layerloom',
  version: 1,
  name: 'Small digits',
  seed: 1,
  strict: false,
  dataset: 'digits',
  recipe: {
    optimizer: { type: 'adam', params: {} },
    learningRate: 0.003,
    loss: 'crossEntropy',
    batchSize: 64,
    epochs,
    validation: 0.1,
    shuffle: true,
    inputs: 'unit',
  },
  nodes: [
    node('input', 'input', 0, { shape: [8, 8, 1] }),
    node('conv1', 'conv2d', 1, { filters: 8, activation: 'relu' }),
    node('maxPool1', 'maxPool2d', 2),
    node('flatten1', 'flatten', 3),
    node('dense1', 'dense', 4, { units: 10, activation: 'softmax' }),
    node('output', 'output', 5),
  ],
  edges: ids.slice(1).map((id, i) => ({ from: { node: ids[i], port: 0 }, to: { node: id, port: 0 } })),
});

async function openFile(loom: Loom, name: string, content: string | Buffer): Promise<void> {
  const chooser = loom.page.waitForEvent('filechooser');
  await loom.page.keyboard.press('ControlOrMeta+o');
  await (await chooser).setFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) });
}

async function openNetwork(loom: Loom, epochs: number): Promise<void> {
  await loom.open();
  await openFile(loom, 'small.json', JSON.stringify(network(epochs)));
  await expect(loom.layers()).toHaveCount(ids.length);
}

test('an initialiser is chosen, and its parameters are typed below it', async ({ page }) => {
  const loom = new Loom(page);
  await openNetwork(loom, 1);
  const initializer = async () => {
    const drawing = JSON.parse(await loom.drawing()) as { nodes: { id: string; params: { initializer?: unknown } }[] };
    return drawing.nodes.find(({ id }) => id === 'dense1')?.params.initializer;
  };
  await loom.layer('dense1').click();
  await loom.inspector.getByRole('combobox', { name: 'Initialiser' }).press('Enter');
  await page.getByRole('option', { name: 'Uniform', exact: true }).click();
  expect(await initializer()).toBe('randomUniform');
  await expect(loom.inspector.getByRole('group', { name: 'Initialiser: Uniform' })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(loom.field('Min')).toBeFocused();
  await loom.field('Max').fill('-0.2');
  expect(await initializer()).toEqual({ type: 'randomUniform', params: { min: -0.05, max: -0.2 } });
  await expect(loom.field('Max')).toHaveAttribute('aria-invalid', 'true');
  await expect(loom.field('Max')).toHaveAccessibleDescription(/Min -0.05 lies above max -0.2/);
  await page.getByRole('button', { name: 'From -0.2 to -0.05' }).first().click();
  expect(await initializer()).toEqual({ type: 'randomUniform', params: { min: -0.2, max: -0.05 } });
  await expect(loom.field('Min')).not.toHaveAttribute('aria-invalid');
  await loom.inspector.getByRole('combobox', { name: 'Initialiser' }).press('Enter');
  await page.getByRole('option', { name: 'He normal', exact: true }).click();
  expect(await initializer()).toBe('heNormal');
  await expect(loom.field('Min')).toHaveCount(0);
  expect(loom.complaints).toEqual([]);
});

test('a deleted layer comes back with its wires, and goes again', async ({ page }) => {
  const loom = new Loom(page);
  await openNetwork(loom, 1);
  const whole = await loom.drawing();
  await loom.layer('maxPool1').click();
  await page.keyboard.press('Delete');
  await expect(loom.layers()).toHaveCount(5);
  const without = await loom.drawing();
  await page.getByRole('button', { name: 'Undo delete 1 layer' }).click();
  await expect(loom.layer('maxPool1')).toContainText('3×3×8');
  expect(await loom.drawing()).toBe(whole);
  await page.keyboard.press('ControlOrMeta+Shift+z');
  await expect(loom.layers()).toHaveCount(5);
  expect(await loom.drawing()).toBe(without);
  expect(loom.complaints).toEqual([]);
});

test('editing while it trains leaves the run as it began, and says so calmly', async ({ page }) => {
  const loom = new Loom(page);
  await openNetwork(loom, 5000);
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect.poll(async () => (await loom.run()).step, { timeout: 60_000 }).toBeGreaterThan(20);
  await loom.layer('conv1').click();
  await loom.field('Filters').fill('32');
  await expect(loom.layer('conv1')).toContainText('6×6×32');
  const { dock } = loom;
  await expect(dock.getByText(/it goes on with the old one/)).toBeVisible();

  await loom.layer('flatten1').click();
  await page.keyboard.press('Delete');
  await expect(dock.getByText(/this run goes on with the one it began with/)).toBeVisible();
  const { step } = await loom.run();
  await expect.poll(async () => (await loom.run()).step, { timeout: 30_000 }).toBeGreaterThan(step + 100);
  await dock.getByRole('button', { name: 'Stop' }).click();
  await expect.poll(async () => (await loom.run()).status).toBe('stopped');
  const ended = await loom.run();
  expect(ended.filters).toBe(8);
  expect(ended.valAccuracy).toBeGreaterThan(0.8);
  // Back to what was trained: its weights can be exported again.
  await page.keyboard.press('ControlOrMeta+z');
  await page.keyboard.press('ControlOrMeta+z');
  await expect(dock.getByText(/its numbers belong to the old one/)).toHaveCount(0);
  expect(loom.complaints).toEqual([]);
});

const damaged: readonly (readonly [string, string, string | Buffer])[] = [
  ['a torn document', 'torn.json', JSON.stringify(network(1)).slice(0, 300)],
  ['a document of nonsense', 'nonsense.json', JSON.stringify({ ...network(1), edges: 'none' })],
  ['a damaged archive', 'torn.zip', Buffer.from('PK\u0003\u0004 and nothing more of it')],
  ['a picture', 'cat.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3])],
];
test('a damaged file gets a message and changes nothing', async ({ page }) => {
  const loom = new Loom(page);
  await openNetwork(loom, 1);
  const before = await loom.drawing();
  const messages = page.getByRole('region', { name: /Notifications/ }).getByRole('listitem');
  for (const [what, name, content] of damaged) {
    await test.step(what, async () => {
      await openFile(loom, name, content);
      await expect(messages.filter({ hasText: name })).toBeVisible();
      expect(await loom.drawing()).toBe(before);
    });
  }
  // The same by dropping it on the canvas.
  const data = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['{'], 'dropped.json', { type: 'application/json' }));
    return transfer;
  });
  await loom.canvas.dispatchEvent('drop', { dataTransfer: data });
  await expect(messages.filter({ hasText: 'dropped.json' })).toBeVisible();
  expect(await loom.drawing()).toBe(before);
  expect(loom.complaints).toEqual([]);
});
