import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';

/** A static file as it has to be: path below `public/`, length, and SHA-256 in lower-case hexadecimal. */
export interface StaticFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Bytes in memory of their own: what the platform's hash and inflater take. */
export type OwnedBytes = Uint8Array<ArrayBuffer>;

export const countBytes = (bytes: number): string => `${bytes.toLocaleString('en-US')} bytes`;

export const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const hexadecimal = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

function damaged(file: StaticFile, what: string, expected: string, got: string): Problem {
  const advice = 'reload the page to fetch it again, or put the original file back.';
  return problem('dataset.damaged', `${fileName(file.path)} is damaged: ${what}; ${advice}`, { expected, got });
}

/**
 * A copy of `content` if it is `file`, byte for byte.
 * Problems: `dataset.damaged` for a wrong length or hash, `dataset.insecure` where the platform withholds its hash.
 */
export async function verify(file: StaticFile, content: Uint8Array): Promise<Result<OwnedBytes, Problem>> {
  if (content.length !== file.bytes) {
    const expected = countBytes(file.bytes);
    const got = countBytes(content.length);
    return err(damaged(file, `${got} of ${file.bytes.toLocaleString('en-US')}`, expected, got));
  }
  // Browsers leave `crypto.subtle` out of pages that came over plain http from another machine.
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (!subtle) {
    const message = `${fileName(file.path)} cannot be checked on this page; open it over https or from localhost.`;
    return err(problem('dataset.insecure', message));
  }
  const bytes = new Uint8Array(content);
  const sha256 = hexadecimal(new Uint8Array(await subtle.digest('SHA-256', bytes)));
  if (sha256 === file.sha256) return ok(bytes);
  const what = `its SHA-256 is ${sha256.slice(0, 8)}…, not ${file.sha256.slice(0, 8)}…`;
  return err(damaged(file, what, file.sha256, sha256));
}
