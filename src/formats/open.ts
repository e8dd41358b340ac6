import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import type { Opened } from './define';
import { foreignProblem } from './foreign';
import { bundleOf } from './reading/bundle';
import type { NamedFile } from './reading/namedFile';
import { formats } from './registry';

/**
 * Opens what the user dropped or chose: a document, a model, an archive, or the files of a model together. What it is
 * is told by content. Never throws; a problem means that nothing came of it.
 */
export function openFiles(dropped: readonly NamedFile[]): Result<Opened, Problem> {
  try {
    const bundle = bundleOf(dropped);
    if (!bundle.ok) return bundle;
    for (const { reader } of formats.values()) {
      if (!reader?.recognises(bundle.value)) continue;
      const opened = reader.parse(bundle.value);
      return opened.ok ? ok(opened.value) : opened;
    }
    return err(foreignProblem(bundle.value));
  } catch (error) {
    // The last resort, for what no check foresees, such as memory that runs out.
    const reason = error instanceof Error ? error.message : String(error);
    return err(problem('files.failed', `${dropped[0]?.name ?? 'The file'} could not be opened: ${reason}.`));
  }
}
