import { z } from 'zod';
import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import { documentSchema, type LoomDocument } from '@/graph/document';

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
  const document = parseDocument(stored.data.document);
  return document.ok ? ok({ document: document.value, revision: stored.data.revision }) : document;
}

/** Reads a document from untrusted data. */
export function parseDocument(raw: unknown): Result<LoomDocument, Problem> {
  const parsed = documentSchema.safeParse(raw);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0];
  const where = issue?.path.join('.') ?? '';
  return err(
    problem(
      'document.invalid',
      `This is not a Layerloom network that can be read${where ? `: “${where}” is wrong` : ''}${issue ? ` (${issue.message})` : ''}.`,
    ),
  );
}

/** Reads a document's file. */
export function parseDocumentText(text: string): Result<LoomDocument, Problem> {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (reason) {
    const why = reason instanceof Error ? reason.message : 'not JSON';
    return err(problem('document.json', `The file is not JSON: ${why}.`));
  }
  return parseDocument(raw);
}

export const documentText = (document: LoomDocument): string => `${JSON.stringify(document, null, 2)}\n`;
