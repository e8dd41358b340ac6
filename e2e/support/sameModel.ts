import { expect, type Download } from '@playwright/test';
import { accuracyOf, testDigits } from './digits';
import { bytesOf, type Loom } from './loom';
import { predictPlainly, prepared, unpack } from './plain';

/** Greatest difference between two computations of one probability. */
const tolerance = 1e-6;
const compared = 32;

/**
 * The exported model, in a bare page with plain tfjs on the same backend, gives the probabilities that the app gives,
 * and on all test digits the accuracy that the app measured.
 */
export async function expectSameModel(loom: Loom, download: Download, testAccuracy: number, backend: string): Promise<void> {
  const model = unpack(await bytesOf(download));
  const { images, labels } = testDigits();
  const inputs = prepared(images, model.input);
  const threads = Number(/(\d+) threads?/.exec(backend)?.[1] ?? 1);
  const plain = await predictPlainly(loom.page.context(), model, inputs, threads);
  expect(plain).toMatchObject({ backend: 'wasm', ours: false });
  expect(plain.outputs).toHaveLength(labels.length * 10);
  expect(accuracyOf(plain.outputs, labels)).toBeCloseTo(testAccuracy, 10);

  const own = await loom.predict(inputs.slice(0, compared * 64));
  expect(own).toHaveLength(compared * 10);
  for (let row = 0; row < compared; row += 1) {
    expect(own.slice(row * 10, row * 10 + 10).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  }
  const furthest = own.reduce((most, value, i) => Math.max(most, Math.abs(value - (plain.outputs[i] ?? NaN))), 0);
  console.log(`  ${backend}: furthest probability of ${compared} digits ${furthest.toExponential(1)}, test accuracy ${testAccuracy.toFixed(4)}`);
  expect(furthest).toBeLessThanOrEqual(tolerance);
}
