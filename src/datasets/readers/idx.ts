import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import { countBytes } from './verify';

/** An array of unsigned bytes, last axis fastest. `data` is a view into the bytes that were parsed. */
export interface IdxArray {
  readonly sizes: readonly number[];
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;

/** Element types of the format that no dataset here uses. */
const otherTypes = new Map([
  [0x09, 'signed bytes'],
  [0x0b, '16-bit integers'],
  [0x0c, '32-bit integers'],
  [0x0d, '32-bit floats'],
  [0x0e, '64-bit floats'],
]);

const hexByte = (byte: number): string => byte.toString(16).padStart(2, '0');

/**
 * Parses the idx format of MNIST: bytes 0, 0, type, rank; `rank` sizes as big-endian 32-bit numbers; the elements.
 * Reads unsigned bytes of any rank from 1 on.
 * Problems: `idx.magic`, `idx.type`, `idx.rank`, `idx.length`.
 * LeCun, Cortes & Burges, "The MNIST database", file formats.
 */
export function parseIdx(bytes: Uint8Array, name: string): Result<IdxArray, Problem> {
  const [zero0, zero1, type, rank] = bytes;
  if (type === undefined || rank === undefined || zero0 !== 0 || zero1 !== 0) {
    const got = Array.from(bytes.subarray(0, 4), hexByte).join(' ') || 'nothing';
    const message = `${name} is not an idx file: it begins with ${got}, not with 00 00, type and rank.`;
    return err(problem('idx.magic', message, { expected: '00 00 08 …', got }));
  }
  if (type !== UNSIGNED_BYTE) {
    const kind = otherTypes.get(type) ?? 'no known type';
    const message = `${name} holds elements of type 0x${hexByte(type)} (${kind}); only unsigned bytes (0x08) are read.`;
    return err(problem('idx.type', message, { expected: '0x08', got: `0x${hexByte(type)}` }));
  }
  if (rank === 0) return err(problem('idx.rank', `${name} has no axes; images have three and labels one.`));

  const header = 4 + 4 * rank;
  if (bytes.length < header) {
    const [expected, got] = [countBytes(header), countBytes(bytes.length)];
    const message = `${name} is cut short: the header of ${rank} axes takes ${expected}, the file has ${got}.`;
    return err(problem('idx.length', message, { expected, got }));
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, header);
  const sizes = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const expected = sizes.reduce((product, size) => product * size, 1);
  const data = bytes.subarray(header);
  if (data.length === expected) return ok({ sizes, data });
  const counted = Number.isSafeInteger(expected) ? countBytes(expected) : 'more bytes than any file holds';
  const got = countBytes(data.length);
  const message = `${name} states ${sizes.join('×')}, which is ${counted}, but ${got} follow the header.`;
  return err(problem('idx.length', message, { expected: counted, got }));
}
