import { problem, type Problem } from '@/core/problem';
import { err, type Result } from '@/core/result';
import type { LoomDocument } from '@/graph/document';
import { presetSources } from '@/graph/presets';
import { readDocument } from './documentFile';

/** Ids of the presets, in the order of the course. */
export const presetIds: readonly string[] = [...presetSources.keys()];

/** A preset's document, a new one each time. Problems: `preset.unknown`, and those of `readDocument`. */
export function openPreset(id: string): Result<LoomDocument, Problem> {
  if (!presetSources.has(id)) {
    return err(problem('preset.unknown', `There is no preset “${id}”; there are ${presetIds.join(', ')}.`));
  }
  return readDocument(presetSources.get(id), `The preset ${id}`);
}
