import { readFile } from 'node:fs/promises';
import { ok } from '@/core/result';
import type { ReadFile } from '../define';

/** The project's own files, for tests in Node. */
export const readPublic: ReadFile = async (path, onProgress) => {
  const content = await readFile(new URL(`../../../public/${path}`, import.meta.url));
  onProgress(content.length);
  return ok(new Uint8Array(content));
};
