import { expect, test, type Locator, type Page } from '@playwright/test';
import { goodEnough, Loom } from './support/loom';
import { expectSameModel } from './support/sameModel';

/** More steps of Tab than the screen has. */
const mostTabs = 80;

const focused = (target: Locator) => target.evaluate((element) => element === element.ownerDocument.activeElement);

/** Goes to a control as one does without a mouse. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let i = 0; i < mostTabs && !(await focused(target)); i += 1) await page.keyboard.press('Tab');
  await expect(target).toBeFocused();
}

test('from an empty canvas to a trained, exported network, with the keyboard alone', async ({ page }) => {
  const loom = new Loom(page);
  const { keyboard } = page;
  await loom.open();

  const search = page.getByRole('combobox', { name: 'Add a layer' });
  const add = async (words: string, name: string) => {
    await keyboard.type(words);
    await keyboard.press('Enter');
    await expect(loom.layer(name)).toBeVisible();
    await expect(search).toHaveValue('');
  };
  const type = async (field: Locator, text: string) => {
    await tabTo(page, field);
    await keyboard.press('ControlOrMeta+a');
    await keyboard.type(text);
    await expect(field).toHaveValue(text);
  };
  const announced = page.locator('[data-announcer]');

  await keyboard.press('/');
  await expect(search).toBeFocused();
  for (const [words, name] of [
    ['input', 'input'],
    ['conv', 'conv1'],
    ['max', 'maxPool1'],
    ['flat', 'flatten1'],
    ['dense', 'dense1'],
  ] as const) {
    await add(words, name);
  }
  await expect(announced).toContainText('Added dense1, wired to flatten1.');

  // With nothing selected a layer comes unwired, so that the wire can be made port to port.
  await keyboard.press('Escape');
  await expect(loom.canvas).toBeFocused();
  await keyboard.press('Escape');
  await keyboard.press('/');
  await add('output', 'output');
  await expect(announced).toContainText('Added output.');
  await keyboard.press('Escape');
  await keyboard.press('ArrowUp');
  await expect(announced).toContainText('dense1, Dense');
  await keyboard.press('w');
  await expect(page.getByRole('dialog', { name: 'Wire from dense1' })).toBeVisible();
  await keyboard.type('output');
  await expect(announced).toContainText('output, input, free, 10');
  await keyboard.press('Enter');
  await expect(announced).toContainText('Wired dense1 to output');
  await expect(loom.canvas).toBeFocused();

  // The wire's end is selected: its problem offers the way out.
  const softmax = loom.inspector.getByRole('button', { name: 'End in softmax' });
  await tabTo(page, softmax);
  await keyboard.press('Enter');
  await expect(softmax).toHaveCount(0);

  await loom.toCanvas();
  for (let i = 0; i < 4; i += 1) await keyboard.press('ArrowUp');
  await expect(announced).toContainText('conv1, Conv 2D, 6×6×8, from input, to maxPool1');
  await type(loom.field('Filters'), '16');
  await tabTo(page, loom.inspector.getByRole('combobox', { name: 'Activation' }));
  await keyboard.press('Enter');
  await keyboard.type('relu');
  await keyboard.press('Enter');
  await expect(loom.inspector.getByRole('combobox', { name: 'Activation' })).toHaveText('ReLU');
  await expect(loom.layer('flatten1')).toContainText('144');

  await loom.toCanvas();
  await tabTo(page, loom.inspector.getByRole('tab', { name: 'Layer' }));
  await keyboard.press('ArrowRight');
  await type(loom.field('Learning rate'), '0.003');
  await type(loom.field('Epochs'), '20');
  await keyboard.press('ControlOrMeta+Enter');
  await expect(loom.train).toBeVisible({ timeout: 120_000 });
  const trained = await loom.run();
  expect(trained).toMatchObject({ status: 'finished', filters: 16 });
  expect(trained.valAccuracy).toBeGreaterThanOrEqual(goodEnough);

  const [drawing, weights] = [await loom.drawing(), await loom.weights()];
  await loom.saved();
  await page.reload();
  await expect(loom.layers()).toHaveCount(6);
  expect(await loom.drawing()).toBe(drawing);
  expect(await loom.weights()).toEqual(weights);
  await expect(loom.dock).toContainText(/finished.*validation0\.9[5-9].*test accuracy0\.9/);

  await keyboard.press('ControlOrMeta+k');
  await expect(page.getByRole('dialog', { name: 'Commands' })).toBeVisible();
  await keyboard.type('export tensorflow');
  const download = page.waitForEvent('download');
  await keyboard.press('Enter');
  await expectSameModel(loom, await download, trained.testAccuracy, trained.backend);
  expect(loom.complaints).toEqual([]);
});
