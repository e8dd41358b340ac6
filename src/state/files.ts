import type { Plan } from '@/compiler/plan';
import { problem, type Problem } from '@/core/problem';
import { err, type Result } from '@/core/result';
import type { Desk } from './desk';
import { openDocument } from './desktop';
import { parseDocumentText } from './storage/codec';

/** Largest file that is read as a drawing. */
const largest = 64 * 2 ** 20;

/** The trained model as a file of its own. */
export async function exportModel(
  _plan: Plan,
  _weights: Readonly<Record<string, Float32Array>>,
): Promise<Result<Blob, Problem>> {
  return err(problem('export.missing', 'This version can’t write models yet; the drawing can be downloaded.'));
}

/** Opens a file that the user chose or dropped; one that can't be read changes nothing. */
export async function openFile(desk: Desk, file: File): Promise<void> {
  if (file.size > largest) {
    return desk.services.notify(`${file.name} has ${(file.size / 2 ** 20).toFixed(0)} MiB; up to 64 MiB are read.`);
  }
  const document = parseDocumentText(await file.text());
  if (document.ok) await openDocument(desk, document.value);
  else desk.services.notify(`${file.name}: ${document.error.message}`);
}
