import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';

/** A document as a file has it, before anything but its version is known. */
export type RawDocument = Readonly<Record<string, unknown>>;
/** Turns a document of the version before into one of this version; the version itself is raised by `migrate`. */
export type Migration = (raw: RawDocument) => RawDocument;

export const documentVersion = 2;

/** `migrations[2]` turns version 1 into version 2. Layers bring their own parameters up, by migrations of theirs. */
export const migrations: Readonly<Record<number, Migration>> = {
  // Blocks came.
  2: (raw) => ({ ...raw, blocks: {} }),
};

/**
 * Brings a raw document up to the present version, one step after the other.
 * Problems: `document.version` where it is no whole number from 1 on, `document.newer` from a later Layerloom.
 */
export function migrate(
  raw: RawDocument,
  steps: Readonly<Record<number, Migration>> = migrations,
  current: number = documentVersion,
): Result<RawDocument, Problem> {
  const { version } = raw;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    const got = JSON.stringify(version) ?? 'missing';
    return err(problem('document.version', `Its version is ${got}; versions count from 1.`, { expected: '1', got }));
  }
  if (version > current) {
    const message =
      `It was saved by a newer Layerloom (version ${version} of the format; this one reads up to ` +
      `${current}). Update Layerloom to open it.`;
    return err(problem('document.newer', message, { expected: `at most ${current}`, got: `${version}` }));
  }
  let brought: RawDocument = raw;
  for (let next = version + 1; next <= current; next += 1) {
    brought = { ...(steps[next]?.(brought) ?? brought), version: next };
  }
  return ok(brought);
}
