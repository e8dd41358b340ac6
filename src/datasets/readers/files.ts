import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import type { LoadContext } from '../define';
import { gunzip } from './gunzip';
import { fileName, verify, type OwnedBytes, type StaticFile } from './verify';

/** Share of the work that is reading; checking and inflating is the rest, so that 1 means ready and not merely read. */
const READING = 0.9;

export const cancelled = (): Problem => problem('dataset.cancelled', 'Loading the dataset was stopped.');

export const totalBytes = (files: readonly StaticFile[]): number =>
  files.reduce((total, file) => total + file.bytes, 0);

/**
 * Reads, checks and inflates files one after the other; progress counts the bytes of all of them and never falls.
 * Problems: the reader's own, those of `verify` and `gunzip`, `dataset.read` where the reader throws,
 * `dataset.cancelled` once the signal is aborted.
 */
export async function loadFiles(
  files: readonly StaticFile[],
  { read, signal, onProgress }: LoadContext,
): Promise<Result<readonly OwnedBytes[], Problem>> {
  const total = totalBytes(files);
  const contents: OwnedBytes[] = [];
  let before = 0;
  let reported = 0;
  const report = (bytes: number): void => {
    const share = Math.min(1, bytes / total);
    if (!(share > reported)) return;
    reported = share;
    onProgress?.(share);
  };

  for (const file of files) {
    if (signal?.aborted) return err(cancelled());
    const start = before;
    const onRead = (loaded: number): void => report(start + READING * Math.min(loaded, file.bytes));
    const content = await settled(file, () => read(file.path, onRead, signal));
    if (signal?.aborted) return err(cancelled());
    if (!content.ok) return content;
    onRead(file.bytes);

    const verified = await verify(file, content.value);
    if (!verified.ok) return verified;
    const inflated = await gunzip(verified.value, fileName(file.path));
    if (!inflated.ok) return inflated;
    if (signal?.aborted) return err(cancelled());
    contents.push(inflated.value);
    before += file.bytes;
    report(before);
  }
  return ok(contents);
}

/** A reader of someone else's that throws is a problem too, not an exception. */
async function settled(
  file: StaticFile,
  reading: () => Promise<Result<Uint8Array, Problem>>,
): Promise<Result<Uint8Array, Problem>> {
  try {
    return await reading();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return err(problem('dataset.read', `${fileName(file.path)} could not be read: ${reason}`));
  }
}
