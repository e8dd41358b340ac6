import { emptyDocument } from '@/graph/document';
import type { Desk } from '../desk';
import { openDocument } from '../desktop';
import { exportModel, openFile } from '../files';
import { loadPreset } from '../presets';
import { documentText } from '../storage/codec';
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
  run: async (desk) => {
    const file = await desk.services.chooseFile();
    if (file) await openFile(desk, file);
  },
});

/** A file name out of a network's name. */
export const fileName = (desk: Desk, ending: string): string => {
  const base = desk.documents
    .getState()
    .document.name.trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return `${base || 'network'}.${ending}`;
};

export const exportDocument = command({
  id: 'export.document',
  group: 'Network',
  title: 'Download the drawing (JSON)',
  keys: ['mod+s'],
  inFields: true,
  keywords: ['save', 'export', 'json'],
  run: (desk) => {
    const { document } = desk.documents.getState();
    desk.services.download(fileName(desk, 'loom.json'), new Blob([documentText(document)], { type: 'application/json' }));
  },
});

export const exportTrained = command({
  id: 'export.model',
  group: 'Network',
  title: 'Download the model with its weights (TensorFlow.js)',
  keywords: ['save', 'export', 'tfjs', 'weights', 'zip'],
  enabled: ({ run }) => run.getState().checkpoint !== null,
  run: async (desk) => {
    const { job, checkpoint } = desk.run.getState();
    if (!job || !checkpoint) return;
    const file = await exportModel(job.plan, checkpoint.state.weights);
    if (file.ok) desk.services.download(fileName(desk, 'zip'), file.value);
    else desk.services.notify(file.error.message);
  },
});

export const startHere = command({
  id: 'file.lenet',
  group: 'Network',
  title: 'Open LeNet-5',
  listed: false,
  run: async (desk) => {
    const preset = await loadPreset('lenet-5');
    if (preset?.ok) await openDocument(desk, preset.value);
    else desk.services.notify('The preset LeNet-5 can’t be read.');
  },
});
