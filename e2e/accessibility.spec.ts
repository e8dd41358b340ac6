import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { Loom } from './support/loom';

/** Serious and critical findings, each with the places it names. */
async function barriers(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} — ${node.failureSummary ?? ''}`));
}

for (const scheme of ['light', 'dark'] as const) {
  test(`the ${scheme} screen keeps nobody out`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    const loom = new Loom(page);
    await loom.open();
    expect(await barriers(page), 'empty').toEqual([]);
    await page.getByRole('button', { name: 'Start with LeNet-5' }).click();
    await expect(loom.layer('conv1')).toContainText('28×28×6');
    await loom.layer('conv1').click();
    expect(await barriers(page), 'a layer selected').toEqual([]);
    await loom.inspector.getByRole('tab', { name: 'Model' }).click();
    expect(await barriers(page), 'the model').toEqual([]);
    await page.keyboard.press('ControlOrMeta+k');
    await expect(page.getByRole('dialog', { name: 'Commands' })).toBeVisible();
    expect(await barriers(page), 'the commands').toEqual([]);
    expect(loom.complaints).toEqual([]);
  });
}
