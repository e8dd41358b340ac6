import type { Problem } from '@/core/problem';
import { ok, type Result } from '@/core/result';
import { defineDataset, type DatasetDefinition, type Examples, type LoadContext, type Split } from './define';
import { loadFiles, totalBytes } from './readers/files';
import { parseIdx } from './readers/idx';
import { labelledSplit } from './readers/labelled';
import { fileName, type OwnedBytes, type StaticFile } from './readers/verify';

interface ImagesAndLabels {
  readonly images: StaticFile;
  readonly labels: StaticFile;
}

interface IdxImages extends Omit<DatasetDefinition, 'task' | 'bytes' | 'load'> {
  /** Names of the classes, by label. */
  readonly classes: readonly string[];
  readonly files: { readonly train: ImagesAndLabels; readonly test: ImagesAndLabels };
}

/** A dataset of images and labels in four idx files, gzipped or not, as MNIST and its successors come. */
export function defineIdxImages({ classes, files, ...about }: IdxImages): DatasetDefinition {
  const { train, test } = files;
  const all = [train.images, train.labels, test.images, test.labels];

  const parseSplit = (
    { images, labels }: ImagesAndLabels,
    [imageBytes, labelBytes]: readonly [OwnedBytes, OwnedBytes],
    split: 'train' | 'test',
  ): Result<Split, Problem> => {
    const pixels = parseIdx(imageBytes, fileName(images.path));
    if (!pixels.ok) return pixels;
    const targets = parseIdx(labelBytes, fileName(labels.path));
    if (!targets.ok) return targets;
    const shape = { count: about.counts[split], input: about.input, classes: classes.length };
    return labelledSplit(pixels.value, targets.value, shape, split);
  };

  const load = async (context: LoadContext): Promise<Result<Examples, Problem>> => {
    const contents = await loadFiles(all, context);
    if (!contents.ok) return contents;
    const [trainImages, trainLabels, testImages, testLabels] = contents.value;
    const trainSplit = parseSplit(train, [trainImages!, trainLabels!], 'train');
    if (!trainSplit.ok) return trainSplit;
    const testSplit = parseSplit(test, [testImages!, testLabels!], 'test');
    if (!testSplit.ok) return testSplit;
    return ok({ train: trainSplit.value, test: testSplit.value });
  };

  return defineDataset({ ...about, task: { kind: 'classes', names: classes }, bytes: totalBytes(all), load });
}
