import { elements } from '@/core/shape';
import { problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import type { Problem } from '@/core/problem';
import { defineDataset, type DatasetDefinition, type Split } from '@/datasets/define';
import { gunzip } from '@/datasets/readers/gunzip';
import { parseIdx, type IdxArray } from '@/datasets/readers/idx';
import { labelledSplit } from '@/datasets/readers/labelled';
import { readBytes } from './files';
import { join } from 'node:path';
import { readdir } from 'node:fs/promises';

/** The four files as MNIST and its successors name them: `train-images-idx3-ubyte.gz` and so on. */
const patterns = {
  trainImages: /^train[-_.]images/i,
  trainLabels: /^train[-_.]labels/i,
  testImages: /^(t10k|test)[-_.]images/i,
  testLabels: /^(t10k|test)[-_.]labels/i,
} as const;

async function readIdx(folder: string, name: string): Promise<Result<IdxArray, Problem>> {
  const bytes = await readBytes(join(folder, name));
  if (!bytes.ok) return bytes;
  const inflated = await gunzip(bytes.value, name);
  return inflated.ok ? parseIdx(inflated.value, name) : inflated;
}

/** Images [count, height, width] or with channels, and their labels, as bytes. */
async function readPair(
  folder: string,
  images: string,
  labels: string,
): Promise<Result<{ readonly images: IdxArray; readonly labels: IdxArray }, Problem>> {
  const pixels = await readIdx(folder, images);
  if (!pixels.ok) return pixels;
  const targets = await readIdx(folder, labels);
  return targets.ok ? ok({ images: pixels.value, labels: targets.value }) : targets;
}

const empty: Split = { count: 0, inputs: new Uint8Array(0), targets: new Uint8Array(0) };

/**
 * The dataset of a folder with idx files, gzipped or not; test files may be missing. Classes are numbered; bytes are
 * taken to run from 0 to 255.
 * Problems: `folder.files` where the training files are missing, and those of the readers.
 */
export async function folderDataset(folder: string, shown: string): Promise<Result<DatasetDefinition, Problem>> {
  const names = await readdir(folder).catch((): string[] => []);
  const find = (pattern: RegExp) => names.toSorted().find((name) => pattern.test(name));
  const [trainImages, trainLabels] = [find(patterns.trainImages), find(patterns.trainLabels)];
  if (!trainImages || !trainLabels) {
    const message = `${shown} holds no train-images… and train-labels… in MNIST’s idx format; those two are needed.`;
    return err(problem('folder.files', message));
  }
  const train = await readPair(folder, trainImages, trainLabels);
  if (!train.ok) return train;
  const [count = 0, ...shape] = train.value.images.sizes;
  const input = shape.length === 2 ? [...shape, 1] : shape;
  const [testImages, testLabels] = [find(patterns.testImages), find(patterns.testLabels)];
  const test = testImages && testLabels ? await readPair(folder, testImages, testLabels) : null;
  if (test && !test.ok) return test;
  const pairs = test ? [train.value, test.value] : [train.value];
  const highest = pairs.reduce((most, { labels }) => labels.data.reduce((a, b) => Math.max(a, b), most), 0);
  const classes = highest + 1;
  const splits: Split[] = [];
  for (const [i, { images, labels }] of pairs.entries()) {
    const split = labelledSplit(images, labels, { input, classes }, i === 0 ? 'train' : 'test');
    if (!split.ok) return split;
    splits.push(split.value);
  }
  return ok(
    defineDataset({
      id: shown,
      title: shown,
      summary: 'Images of a folder.',
      input,
      task: { kind: 'classes', names: Array.from({ length: classes }, (_, label) => String(label)) },
      counts: { train: count, test: splits[1]?.count ?? 0 },
      scale: 1 / 255,
      bytes: count * elements([null, ...input]),
      licence: 'unknown',
      origin: shown,
      load: ({ onProgress }) => {
        onProgress?.(1);
        return Promise.resolve(ok({ train: splits[0]!, test: splits[1] ?? empty }));
      },
    }),
  );
}
