import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import { documentSchema, type LoomDocument } from '@/graph/document';
import { migrate } from '@/graph/migrate';
import { isObject, parseJson } from './reading/json';
import { prettyJson } from './reading/pretty';
import { issuesInWords } from './reading/words';

/** Where the schema of documents is published. */
export const schemaFile = 'layerloom.schema.json';

/** Issues that are told; the rest are counted. */
const TOLD = 3;

/**
 * Checks a value that came out of a file against the schema of documents, brought up from older versions. Layers that
 * this version lacks stay in it: the compiler reports them.
 * Problems: `document.foreign`, `document.version`, `document.newer`, `document.invalid`.
 */
export function readDocument(raw: unknown, name: string): Result<LoomDocument, Problem> {
  if (!isObject(raw) || raw.format !== 'layerloom') {
    const expected = '"format": "layerloom"';
    return err(
      problem('document.foreign', `${name} is not a Layerloom document: it does not say ${expected}.`, { expected }),
    );
  }
  const migrated = migrate(raw);
  if (!migrated.ok) return err({ ...migrated.error, message: `${name} can’t be opened. ${migrated.error.message}` });
  const parsed = documentSchema.safeParse(migrated.value);
  if (parsed.success) return ok(parsed.data);
  const words = issuesInWords(parsed.error, migrated.value);
  const rest = words.length > TOLD ? `, and ${words.length - TOLD} more` : '';
  const message = `${name} is a damaged document: ${words.slice(0, TOLD).join('; ')}${rest}.`;
  return err(problem('document.invalid', message));
}

/** Parses a document's JSON, text or UTF-8. Problems: those of `parseJson` and `readDocument`. */
export function parseDocument(source: string | Uint8Array, name = 'The file'): Result<LoomDocument, Problem> {
  const json = parseJson(source, name);
  return json.ok ? readDocument(json.value, name) : json;
}

/** A document as JSON: keys in the schema's order, so that the same document is the same text. */
export function formatDocument(document: LoomDocument): string {
  const ordered = documentSchema.safeParse(document);
  return `${prettyJson(ordered.success ? ordered.data : document)}\n`;
}
