import { ok } from '@/core/result';
import { parseDocument, formatDocument, readDocument } from '../documentFile';
import { defineFormat } from '../define';
import { isObject } from '../reading/json';

const isDocument = (value: unknown) => isObject(value) && value.format === 'layerloom';

/** The drawing itself: layers, wires, recipe, dataset and seed, without weights. */
export const documentFormat = defineFormat({
  id: 'document',
  title: 'Layerloom document',
  summary: 'The drawing with its recipe, to go on with or to pass on; without weights.',
  extension: '.json',
  mime: 'application/json',
  needs: 'document',
  emit: async ({ document }) => ok(new TextEncoder().encode(formatDocument(document))),
  reader: {
    recognises: ({ files, json }) => files.length === 1 && [...json.values()].some(isDocument),
    parse: ({ files, json, name }) => {
      const only = files[0];
      const value = only && json.get(only.name);
      const parsed = value === undefined ? parseDocument(only?.bytes ?? '', name) : readDocument(value, name);
      if (!parsed.ok) return parsed;
      return ok({ format: 'document', document: parsed.value, weights: null, notes: [], needsLayout: false });
    },
  },
});
