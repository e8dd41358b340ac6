import type { Problem } from '@/core/problem';
import type { Result } from '@/core/result';
import type { DatasetDefinition, Examples, LoadContext } from '@/datasets/define';
import type { Files } from './fetchFile';

export type LoadExamples = (
  dataset: DatasetDefinition,
  context: Omit<LoadContext, 'read'>,
) => Promise<Result<Examples, Problem>>;

/** Loads datasets; the last one stays, so that the next run on it starts at once. */
export function createExampleStore(files: Files): LoadExamples {
  let kept: { readonly key: string; readonly examples: Examples } | null = null;

  const load = async (dataset: DatasetDefinition, context: Omit<LoadContext, 'read'>) => {
    const loaded = await dataset.load({ ...context, read: files.read });
    if (loaded.ok) {
      await files.keep();
      return loaded;
    }
    // A damaged file in our own store must not stick: it is forgotten and read once more.
    const again = await files.drop();
    if (!again || context.signal?.aborted) return loaded;
    const second = await dataset.load({ ...context, read: files.read });
    await (second.ok ? files.keep() : files.drop());
    return second;
  };

  return async (dataset, context) => {
    // Files are the same for every seed; what has none is made from it.
    const key = dataset.bytes > 0 ? dataset.id : `${dataset.id}/${context.seed}`;
    if (kept?.key === key) return { ok: true, value: kept.examples };
    kept = null;
    const loaded = await load(dataset, context);
    if (loaded.ok) kept = { key, examples: loaded.value };
    return loaded;
  };
}
