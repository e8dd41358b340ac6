import { zipSync, type Zippable } from 'fflate';
import { ok } from '@/core/result';
import { defineFormat } from '../define';
import { emitModel } from '../tfjs/emit';
import { parseModel } from '../tfjs/parse';
import { isTopology } from '../tfjs/topology';

/** The layers format of tfjs and Keras, with weights; read from anyone, written for plain `tf.loadLayersModel`. */
export const tfjsFormat = defineFormat({
  id: 'tfjs',
  title: 'TensorFlow.js model',
  summary: 'The trained network for any page: loads in plain tf.loadLayersModel, and comes back here with its weights.',
  extension: '.zip',
  mime: 'application/zip',
  needs: 'plan',
  emit: async (source) => {
    const files = await emitModel(source);
    if (!files.ok) return files;
    // Float weights hardly pack, so they are stored.
    const entries: Zippable = {};
    for (const { name, bytes } of files.value) entries[name] = [bytes, { level: name.endsWith('.bin') ? 0 : 6 }];
    // A fixed time, so that the same model is the same file; local, for zip knows no zones.
    return ok(zipSync(entries, { mtime: new Date(1980, 0, 1, 12) }));
  },
  reader: {
    recognises: ({ json }) => [...json.values()].some(isTopology),
    parse: parseModel,
  },
});
