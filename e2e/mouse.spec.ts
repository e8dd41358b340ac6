import { expect, test, type Locator } from '@playwright/test';
import { goodEnough, Loom, type Place } from './support/loom';
import { expectSameModel } from './support/sameModel';

/** Titles in the palette, the names that the layers get, and where they are dropped. */
const layers: readonly (readonly [string, string, Place])[] = [
  ['Input', 'input', [0.3, 0.2]],
  ['Conv 2D', 'conv1', [0.3, 0.42]],
  ['Max pool 2D', 'maxPool1', [0.3, 0.64]],
  ['Flatten', 'flatten1', [0.65, 0.2]],
  ['Dense', 'dense1', [0.65, 0.42]],
  ['Output', 'output', [0.65, 0.64]],
];

test('from an empty canvas to a trained, exported network, with the mouse', async ({ page }) => {
  const loom = new Loom(page);
  await loom.open();
  await expect(loom.layers()).toHaveCount(0);

  const palette = page.getByRole('navigation', { name: 'Layers' });
  for (const [title, name, [x, y]] of layers) {
    const box = await loom.canvas.boundingBox();
    if (!box) throw new Error('The canvas is not on the screen.');
    await palette
      .getByRole('option', { name: new RegExp(`^${title}\\b`) })
      .dragTo(loom.canvas, { targetPosition: { x: box.width * x, y: box.height * y } });
    await expect(loom.layer(name)).toBeVisible();
  }

  const wire = async (from: string, to: string) => {
    const middle = async (port: Locator) => {
      const box = await port.boundingBox();
      if (!box) throw new Error('A port is not on the screen.');
      return [box.x + box.width / 2, box.y + box.height / 2] as const;
    };
    await page.mouse.move(...(await middle(loom.canvas.getByRole('img', { name: `Output of ${from}`, exact: true }))));
    await page.mouse.down();
    await page.mouse.move(...(await middle(loom.canvas.getByRole('img', { name: `Input of ${to}`, exact: true }))), { steps: 8 });
    await page.mouse.up();
  };
  for (const [i, [, to]] of layers.entries()) {
    const from = layers[i - 1]?.[1];
    if (from) await wire(from, to);
  }
  // 8×8 of the digits, a 3×3 kernel, 2×2 windows: 3·3 places of 8 maps.
  await expect(loom.layer('input')).toContainText('8×8×1');
  await expect(loom.layer('conv1')).toContainText('6×6×8');
  await expect(loom.layer('flatten1')).toContainText('72');

  await loom.layer('conv1').click();
  await loom.field('Filters').fill('16');
  await loom.inspector.getByRole('combobox', { name: 'Activation' }).click();
  await page.getByRole('option', { name: 'ReLU', exact: true }).click();
  await expect(loom.layer('flatten1')).toContainText('144');

  await loom.layer('output').click();
  await loom.inspector.getByRole('button', { name: 'End in softmax' }).click();
  await expect(loom.inspector.getByRole('button', { name: 'End in softmax' })).toHaveCount(0);

  await loom.inspector.getByRole('tab', { name: 'Model' }).click();
  await loom.field('Learning rate').fill('0.003');
  await loom.field('Epochs').fill('20');

  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await expect(loom.train).toBeVisible({ timeout: 120_000 });
  const trained = await loom.run();
  expect(trained).toMatchObject({ status: 'finished', filters: 16 });
  expect(trained.valAccuracy).toBeGreaterThanOrEqual(goodEnough);

  const [drawing, weights] = [await loom.drawing(), await loom.weights()];
  expect(weights).toHaveLength(4);
  await loom.saved();
  await page.reload();
  await expect(loom.layers()).toHaveCount(layers.length);
  await expect(loom.layer('conv1')).toContainText('6×6×16');
  expect(await loom.drawing()).toBe(drawing);
  expect(await loom.weights()).toEqual(weights);
  await expect(loom.dock).toContainText(/finished.*validation0\.9[5-9].*test accuracy0\.9/);

  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Export: TensorFlow.js model' }).click();
  await expectSameModel(loom, await download, trained.testAccuracy, trained.backend);
  expect(loom.complaints).toEqual([]);
});
