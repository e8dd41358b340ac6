import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import { countBytes, type OwnedBytes } from './verify';

/** Far above any dataset here; stops a small file that inflates without end. */
export const INFLATED_LIMIT = 2 ** 28;

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * Inflates gzip (RFC 1952), known by its first bytes 1f 8b; anything else comes back as it is.
 * By the platform's inflater: faster than one in JavaScript in Node, equal in Chromium; it yields and checks the CRC.
 * Problems: `gzip.damaged`, `gzip.limit`.
 */
export async function gunzip(
  bytes: OwnedBytes,
  name: string,
  limit = INFLATED_LIMIT,
): Promise<Result<OwnedBytes, Problem>> {
  if (!isGzip(bytes)) return ok(bytes);
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > limit) {
        await reader.cancel();
        return err(problem('gzip.limit', `${name} inflates to more than ${countBytes(limit)}, the most that is read.`));
      }
      chunks.push(value);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return err(problem('gzip.damaged', `${name} is a damaged gzip file (${reason}); fetch it again.`));
  }
  const inflated = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    inflated.set(chunk, offset);
    offset += chunk.length;
  }
  return ok(inflated);
}
