import { layers } from '@/layers/registry';
import { addLayer } from '../insertion';
import { command } from './define';

/** One command for each layer of the registry. */
export const addCommands = [...layers.values()].map((definition) =>
  command({
    id: `add.${definition.type}`,
    group: 'Add',
    title: `Add ${definition.title}`,
    keys: definition.shortcut ? [definition.shortcut] : [],
    onCanvas: true,
    history: 'record',
    keywords: definition.keywords,
    run: (desk) => {
      addLayer(desk, definition.type);
    },
  }),
);
