import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const fromRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const pixels = 64;
/** An IDX file's magic number and sizes, four bytes each: images have three sizes, labels one. */
const imageHeader = 16;
const labelHeader = 8;

/** The test digits as they lie on disk, 0 … 16 a pixel, read without the product's own readers. */
export function testDigits(): { readonly count: number; readonly images: Uint8Array; readonly labels: Uint8Array } {
  const images = new Uint8Array(readFileSync(fromRoot('public/datasets/digits/test-images-idx3.bin'))).slice(imageHeader);
  const labels = new Uint8Array(readFileSync(fromRoot('public/datasets/digits/test-labels-idx1.bin'))).slice(labelHeader);
  return { count: images.length / pixels, images, labels };
}

/** Share of examples whose greatest output is their label. */
export function accuracyOf(outputs: readonly number[], labels: Uint8Array): number {
  const classes = outputs.length / labels.length;
  const right = Array.from(labels).filter((label, i) => {
    const row = outputs.slice(i * classes, (i + 1) * classes);
    return row.indexOf(Math.max(...row)) === label;
  });
  return right.length / labels.length;
}
