import { err, ok } from '@/core/result';
import { randomStream, type RandomStream } from '@/core/random';
import { defineDataset, type DatasetDefinition, type Split } from './define';
import { cancelled } from './readers/files';

interface Points {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly classes: readonly string[];
  readonly counts: { readonly train: number; readonly test: number };
  /** The generator or paper that the shape comes from. */
  readonly origin: string;
  /** One example of class `label`. */
  point(label: number, random: RandomStream): readonly [x: number, y: number];
}

/**
 * A dataset of points in the plane, made from the seed. Train and test are independent draws of the same distribution.
 * Classes take turns, so that any first part of a split holds them in equal numbers (give or take one).
 */
export function definePoints({ classes, point, ...about }: Points): DatasetDefinition {
  const draw = (seed: number, split: 'train' | 'test'): Split => {
    const random = randomStream(seed, `datasets/${about.id}/${split}`);
    const count = about.counts[split];
    const inputs = new Float32Array(2 * count);
    const targets = Uint8Array.from({ length: count }, (_, i) => i % classes.length);
    targets.forEach((label, i) => inputs.set(point(label, random), 2 * i));
    return { count, inputs, targets };
  };
  return defineDataset({
    ...about,
    input: [2],
    features: ['x', 'y'],
    task: { kind: 'classes', names: classes },
    scale: 1,
    bytes: 0,
    licence: 'None needed: made here from a seed',
    load: async ({ seed, signal, onProgress }) => {
      if (signal?.aborted) return err(cancelled());
      const examples = { train: draw(seed, 'train'), test: draw(seed, 'test') };
      onProgress?.(1);
      return ok(examples);
    },
  });
}
