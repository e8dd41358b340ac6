import type { Problem } from '@/core/problem';
import type { Result } from '@/core/result';
import type { LoomDocument } from '@/graph/document';
import { parseDocument } from './storage/codec';

const files = import.meta.glob<unknown>('../../presets/*.json', { import: 'default' });

export interface Preset {
  readonly id: string;
  readonly document: LoomDocument;
}

const idOf = (path: string) => path.slice(path.lastIndexOf('/') + 1, -'.json'.length);

export const presetIds: readonly string[] = Object.keys(files).map(idOf);

export async function loadPreset(id: string): Promise<Result<LoomDocument, Problem> | null> {
  const entry = Object.entries(files).find(([path]) => idOf(path) === id);
  return entry ? parseDocument(await entry[1]()) : null;
}

/** All presets that can be read, smallest network first. */
export async function loadPresets(): Promise<readonly Preset[]> {
  const loaded = await Promise.all(
    presetIds.map(async (id) => {
      const document = await loadPreset(id);
      return document?.ok ? [{ id, document: document.value }] : [];
    }),
  );
  return loaded.flat().sort((a, b) => a.document.nodes.length - b.document.nodes.length);
}
