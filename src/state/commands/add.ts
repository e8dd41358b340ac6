import { templates } from '@/graph/template';
import { layers } from '@/layers/registry';
import { addLayer } from '../insertion';
import { addTemplate } from '../templates';
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

/** One command for each template. */
export const templateCommands = [...templates.values()].map(({ id, title, keywords }) =>
  command({
    id: `template.${id}`,
    group: 'Add',
    title: `Add ${title}`,
    history: 'record',
    keywords,
    run: (desk) => {
      addTemplate(desk, id);
    },
  }),
);
