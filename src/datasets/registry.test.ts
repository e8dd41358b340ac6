import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { elements } from '@/core/shape';
import type { DatasetDefinition, Split } from './define';
import { allDatasets, datasets, findDataset } from './registry';
import { readPublic } from './testing/readPublic';

const publicFolder = fileURLToPath(new URL('../../public/datasets/', import.meta.url));

/** Loaded once; the tests only look. */
const loading = new Map(allDatasets.map((dataset) => [dataset.id, dataset.load({ read: readPublic, seed: 1 })]));

async function examplesOf(dataset: DatasetDefinition) {
  const loaded = await loading.get(dataset.id)!;
  if (!loaded.ok) throw new Error(loaded.error.message);
  return loaded.value;
}

/** Loops instead of `every`, which takes seconds on 47 million pixels. */
function range(values: Uint8Array | Float32Array): { min: number; max: number } {
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (!(value >= min)) min = value;
    if (!(value <= max)) max = value;
  }
  return { min, max };
}

describe('the registry', () => {
  it('offers the datasets from the smallest input to the largest', () => {
    expect([...datasets.keys()]).toEqual([
      'cricket',
      'blobs',
      'moons',
      'rings',
      'spirals',
      'xor',
      'digits',
      'fashion-mnist',
    ]);
  });

  it('has one dataset for each id, in kebab case', () => {
    expect(datasets.size).toBe(allDatasets.length);
    for (const { id } of allDatasets) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(findDataset('digits')?.title).toBe('Handwritten digits');
    expect(findDataset('mnist-but-better')).toBeUndefined();
  });

  it('carries no data that no dataset asks for, and says of each file folder whom it is owed to', () => {
    for (const folder of readdirSync(publicFolder)) {
      const files = readdirSync(`${publicFolder}${folder}`);
      expect(files).toContain('README.md');
      const bytes = files
        .filter((file) => file !== 'README.md')
        .reduce((sum, file) => sum + statSync(`${publicFolder}${folder}/${file}`).size, 0);
      expect(bytes, folder).toBe(findDataset(folder)?.bytes);
    }
  });
});

describe.each(allDatasets.map((dataset) => [dataset.id, dataset] as const))('%s', (_, dataset) => {
  const splits = async (): Promise<[name: 'train' | 'test', split: Split][]> => {
    const { train, test } = await examplesOf(dataset);
    return [
      ['train', train],
      ['test', test],
    ];
  };

  it('states title, summary, licence and origin', () => {
    for (const text of [dataset.title, dataset.summary, dataset.licence, dataset.origin]) {
      expect(text.trim().length).toBeGreaterThan(2);
    }
    expect(dataset.features?.length ?? dataset.input.at(-1)).toBe(dataset.input.at(-1));
  });

  it('holds as many examples, inputs and targets as it states', async () => {
    const width = dataset.task.kind === 'classes' ? 1 : dataset.task.names.length;
    for (const [name, split] of await splits()) {
      expect(split.count).toBe(dataset.counts[name]);
      expect(split.inputs.length).toBe(split.count * elements([null, ...dataset.input]));
      expect(split.targets.length).toBe(split.count * width);
    }
  });

  it('holds finite inputs that its scale brings within a few units, save the thermometer', async () => {
    for (const [, split] of await splits()) {
      if (split.count === 0) continue;
      const { min, max } = range(split.inputs);
      expect(Number.isFinite(min) && Number.isFinite(max)).toBe(true);
      const most = dataset.task.kind === 'values' ? 20 : split.inputs instanceof Uint8Array ? 1 : 3;
      expect(Math.max(-min, max) * dataset.scale).toBeLessThanOrEqual(most);
    }
  });

  it('has every class in both splits, and no other', async () => {
    if (dataset.task.kind !== 'classes') return;
    const classes = dataset.task.names.length;
    expect(new Set(dataset.task.names).size).toBe(classes);
    for (const [, split] of await splits()) {
      expect(split.targets).toBeInstanceOf(Uint8Array);
      expect(range(split.targets)).toEqual({ min: 0, max: classes - 1 });
      expect(new Set(split.targets).size).toBe(classes);
    }
  });

  it('ends its progress at 1 and asks for the bytes that it states', async () => {
    let share = 0;
    let bytes = 0;
    await dataset.load({
      read: async (path, onProgress) => {
        const content = await readPublic(path, onProgress);
        if (content.ok) bytes += content.value.length;
        return content;
      },
      seed: 1,
      onProgress: (value) => (share = value),
    });
    expect(share).toBe(1);
    expect(bytes).toBe(dataset.bytes);
  });

  it('does not start for an aborted signal', async () => {
    const loaded = await dataset.load({ read: readPublic, seed: 1, signal: AbortSignal.abort() });
    expect(!loaded.ok && loaded.error.code).toBe('dataset.cancelled');
  });
});
