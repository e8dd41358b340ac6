import { Inflate } from 'fflate';
import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import { crc32 } from './crc32';
import { limits, sizeText } from './limits';
import type { NamedFile } from './namedFile';

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly flags: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
/** Deflate packs at most 1032 : 1, so that a piece this long inflates to 17 MB at most before its size is looked at. */
const PIECE = 2 ** 14;

export const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6));

const damaged = (archive: string, what: string): Result<never, Problem> =>
  err(problem('zip.damaged', `${archive} is a damaged zip file: ${what}. Fetch or export it again.`));

/** Offset of the end record: it stands last, but for a comment of up to 65,535 bytes. */
function findEnd(view: DataView): number {
  for (let at = view.byteLength - 22; at >= 0 && at >= view.byteLength - 22 - 0xffff; at -= 1) {
    if (view.getUint32(at, true) === END) return at;
  }
  return -1;
}

function readDirectory(bytes: Uint8Array, archive: string): Result<readonly Entry[], Problem> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = bytes.length >= 22 ? findEnd(view) : -1;
  if (end < 0)
    return damaged(archive, 'its list of contents, which stands at the end, is missing; it may be cut short');
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count === 0xffff || at === 0xffffffff) {
    return err(
      problem('zip.large', `${archive} is a zip64 archive, for files of more than 4 GiB; those are not read.`),
    );
  }
  if (count > limits.files) {
    return err(problem('zip.files', `${archive} holds ${count} files; at most ${limits.files} are read.`));
  }
  const entries: Entry[] = [];
  for (let i = 0; i < count; i += 1) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== CENTRAL) {
      return damaged(archive, `its list of contents breaks off after ${i} of ${count} files`);
    }
    const nameLength = view.getUint16(at + 28, true);
    entries.push({
      name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength)),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    });
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return ok(entries);
}

/** The stated size is allocated once; what inflates beyond it ends the work within one piece. */
function inflate(packed: Uint8Array, size: number): Uint8Array | null {
  const out = new Uint8Array(size);
  let length = 0;
  let finished = false;
  const stream = new Inflate((chunk, final) => {
    if (length + chunk.length <= size) out.set(chunk, length);
    length += chunk.length;
    finished ||= final;
  });
  try {
    for (let at = 0; at < packed.length && length <= size; at += PIECE) {
      stream.push(packed.subarray(at, at + PIECE), at + PIECE >= packed.length);
    }
  } catch {
    return null;
  }
  return finished && length === size ? out : null;
}

function readEntry(bytes: Uint8Array, entry: Entry, archive: string): Result<Uint8Array, Problem> {
  const inside = `${entry.name} in ${archive}`;
  if (entry.flags & 1) return err(problem('zip.encrypted', `${inside} is encrypted; unpack it first.`));
  if (entry.method !== 0 && entry.method !== 8) {
    return err(
      problem('zip.method', `${inside} is packed by method ${entry.method}; only stored and deflated files are read.`),
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (entry.offset + 30 > bytes.length || view.getUint32(entry.offset, true) !== LOCAL) {
    return damaged(archive, `${entry.name} is not where the list of contents says`);
  }
  const from = entry.offset + 30 + view.getUint16(entry.offset + 26, true) + view.getUint16(entry.offset + 28, true);
  if (from + entry.packed > bytes.length) return damaged(archive, `${entry.name} is cut short`);
  const packed = bytes.subarray(from, from + entry.packed);
  const content = entry.method === 8 ? inflate(packed, entry.size) : packed.length === entry.size ? packed : null;
  if (!content) return damaged(archive, `${entry.name} does not unpack to the ${sizeText(entry.size)} that are stated`);
  if (crc32(content) !== entry.crc) return damaged(archive, `the checksum of ${entry.name} is wrong`);
  return ok(content);
}

/** A name that leads out of the archive, or that hides where it leads. */
const leavesArchive = (name: string): boolean =>
  /^([\\/]|[A-Za-z]:)/.test(name) || name.includes('\0') || name.split(/[\\/]/).includes('..');

/**
 * Unpacks an archive in memory, each file against its size and checksum; folders and what macOS adds are left out.
 * fflate inflates; the list of contents is read here because it alone has the checksums, which fflate does not compare.
 * Problems: `zip.damaged`, `zip.large`, `zip.files`, `zip.path`, `zip.encrypted`, `zip.method`.
 * PKWARE, APPNOTE.TXT, §4.3.
 */
export function unzip(bytes: Uint8Array, archive: string): Result<readonly NamedFile[], Problem> {
  const directory = readDirectory(bytes, archive);
  if (!directory.ok) return directory;
  const entries = directory.value.filter(({ name }) => !name.endsWith('/') && !name.startsWith('__MACOSX/'));
  const total = entries.reduce((sum, entry) => sum + entry.size, 0);
  if (total > limits.bytes) {
    const [expected, got] = [sizeText(limits.bytes), sizeText(total)];
    return err(problem('zip.large', `${archive} unpacks to ${got}; at most ${expected} are read.`, { expected, got }));
  }
  const escaping = entries.find(({ name }) => leavesArchive(name));
  if (escaping) {
    const message =
      `${archive} holds a file named ${JSON.stringify(escaping.name.slice(0, 80))}, which points ` +
      `outside the archive; such archives are not opened.`;
    return err(problem('zip.path', message));
  }
  const files: NamedFile[] = [];
  const seen = new Set<string>();
  for (const entry of entries) {
    if (seen.has(entry.name)) return damaged(archive, `it holds ${entry.name} twice`);
    seen.add(entry.name);
    const content = readEntry(bytes, entry, archive);
    if (!content.ok) return content;
    files.push({ name: entry.name, bytes: content.value });
  }
  return ok(files);
}
