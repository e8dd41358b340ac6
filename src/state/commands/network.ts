import { formats } from '@/formats/registry';
import { openPreset } from '@/formats/presets';
import { emptyDocument } from '@/graph/document';
import { compilationOf } from '../compilation';
import type { Desk } from '../desk';
import { openDocument } from '../desktop';
import { exportSource, openChosen } from '../files';
import { command } from './define';

export const fresh = command({
  id: 'file.new',
  group: 'Network',
  title: 'New network',
  keywords: ['empty', 'blank'],
  run: (desk) => openDocument(desk, emptyDocument()),
});

export const open = command({
  id: 'file.open',
  group: 'Network',
  title: 'Open a file…',
  keys: ['mod+o'],
  inFields: true,
  keywords: ['import', 'load', 'upload'],
  run: async (desk) => openChosen(desk, await desk.services.chooseFiles()),
});

/** A file name out of a network's name; `ending` with its dot. */
export const fileName = (desk: Desk, ending: string): string => {
  const base = desk.documents
    .getState()
    .document.name.trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return `${base || 'network'}${ending}`;
};

/** One command for each format that can be written: `export.document`, `export.tfjs`. */
export const exportCommands = [...formats.values()].map((format) =>
  command({
    id: `export.${format.id}`,
    group: 'Network',
    title: `Export: ${format.title}`,
    keys: format.id === 'document' ? ['mod+s'] : [],
    inFields: true,
    keywords: ['save', 'download', format.summary],
    enabled: ({ documents }) => format.needs === 'document' || compilationOf(documents.getState().document).plan !== null,
    run: async (desk) => {
      const source = exportSource(desk, format);
      const file = source.ok ? await format.emit(source.value) : source;
      if (file.ok) desk.services.download(fileName(desk, format.extension), new Blob([file.value], { type: format.mime }));
      else desk.services.notify(file.error.message);
    },
  }),
);

export const startHere = command({
  id: 'file.lenet',
  group: 'Network',
  title: 'Open LeNet-5',
  listed: false,
  run: async (desk) => {
    const preset = openPreset('lenet-5');
    if (preset.ok) await openDocument(desk, preset.value, { layout: true });
    else desk.services.notify(preset.error.message);
  },
});
