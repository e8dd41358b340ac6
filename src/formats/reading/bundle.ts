import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import { parseJson } from './json';
import { limits, sizeText } from './limits';
import type { NamedFile } from './namedFile';
import { isZip, unzip } from './unzip';

/** Files that were opened together, archives unpacked. */
export interface Bundle {
  /** What messages call it: the archive's name, or that of the only file, or `3 files`. */
  readonly name: string;
  readonly files: readonly NamedFile[];
  /** The JSON files among them that can be read, by name. */
  readonly json: ReadonlyMap<string, unknown>;
  /** Why the others can't. */
  readonly problems: readonly Problem[];
}

/** Last part of a path, whichever way it leans. */
export const baseName = (name: string): string =>
  name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);

/** The file of that name, in whatever folder; the least deep one where several are. */
export function findByName(names: Iterable<string>, wanted: string): string | undefined {
  return [...names]
    .filter((name) => baseName(name) === wanted)
    .sort((a, b) => a.split('/').length - b.split('/').length)[0];
}

/** Whether the first thing that is no blank is an opening brace. */
function looksLikeJson({ name, bytes }: NamedFile): boolean {
  const bom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  for (let i = bom; i < Math.min(bytes.length, 1024); i += 1) {
    const byte = bytes[i]!;
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return byte === 0x7b || /\.json$/i.test(name);
  }
  return /\.json$/i.test(name);
}

/** Problems: `files.none`, `files.many`, `files.large`, and those of `unzip`. */
export function bundleOf(dropped: readonly NamedFile[]): Result<Bundle, Problem> {
  const [first, ...others] = dropped;
  if (!first) return err(problem('files.none', 'No file was chosen.'));
  const name = others.length === 0 ? baseName(first.name) : `These ${dropped.length} files`;
  const total = dropped.reduce((sum, file) => sum + file.bytes.length, 0);
  if (total > limits.bytes) {
    const [expected, got] = [sizeText(limits.bytes), sizeText(total)];
    const has = others.length === 0 ? 'has' : 'have';
    return err(problem('files.large', `${name} ${has} ${got}; at most ${expected} are read.`, { expected, got }));
  }
  if (dropped.length > limits.files) {
    return err(
      problem('files.many', `${dropped.length} files are too many at once; at most ${limits.files} are read.`),
    );
  }
  const archives = dropped.filter((file) => isZip(file.bytes));
  if (archives.length > 0 && others.length > 0) {
    return err(
      problem('files.many', `${baseName(archives[0]!.name)} is an archive; open it by itself, without other files.`),
    );
  }
  const unpacked = archives.length > 0 ? unzip(first.bytes, name) : ok(dropped);
  if (!unpacked.ok) return unpacked;
  const json = new Map<string, unknown>();
  const problems: Problem[] = [];
  for (const file of unpacked.value) {
    if (!looksLikeJson(file)) continue;
    const label = archives.length > 0 ? `${file.name} in ${name}` : baseName(file.name);
    const parsed = parseJson(file.bytes, label);
    if (parsed.ok) json.set(file.name, parsed.value);
    else problems.push(parsed.error);
  }
  return ok({ name, files: unpacked.value, json, problems });
}
