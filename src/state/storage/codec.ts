import { z } from 'zod';
import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import { readDocument } from '@/formats/documentFile';
import type { LoomDocument } from '@/graph/document';

const storedSchema = z.object({
  id: z.string().min(1),
  /** Counts saves, so that a window notices that another one wrote. */
  revision: z.int().min(1),
  saved: z.number(),
  document: z.unknown(),
});

export type StoredDocument = z.infer<typeof storedSchema>;

export const encodeDocument = (id: string, document: LoomDocument, revision: number, saved: number): StoredDocument => ({
  id,
  revision,
  saved,
  document,
});

/** Storage is untrusted like a file: an older or a newer version wrote it, or someone's hands. */
export function decodeDocument(raw: unknown): Result<{ readonly document: LoomDocument; readonly revision: number }, Problem> {
  const stored = storedSchema.safeParse(raw);
  if (!stored.success) return err(problem('storage.damaged', 'The stored network can’t be read: its record is damaged.'));
  const document = readDocument(stored.data.document, 'The stored network');
  return document.ok ? ok({ document: document.value, revision: stored.data.revision }) : document;
}
