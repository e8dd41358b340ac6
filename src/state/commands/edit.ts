import { clipText, copyOf, parseClip, pasteEdits, type Clip } from '@/graph/clipboard';
import { edgeId } from '@/graph/document';
import { removeEdits } from '@/graph/wire';
import type { Desk } from '../desk';
import { command } from './define';

const selectedNodes = ({ documents }: Desk): ReadonlySet<string> => {
  const { drawing: document, selection } = documents.getState();
  return new Set(document.nodes.filter((node) => selection.has(node.id)).map((node) => node.id));
};
const layersText = (count: number) => (count === 1 ? '1 layer' : `${count} layers`);

export const undo = command({
  id: 'edit.undo',
  group: 'Edit',
  title: ({ documents }) => {
    const label = documents.getState().past.at(-1)?.label;
    return label ? `Undo ${label}` : 'Undo';
  },
  keys: ['mod+z'],
  enabled: ({ documents }) => documents.getState().past.length > 0,
  run: ({ documents, canvas }) => {
    const label = documents.getState().past.at(-1)?.label ?? '';
    documents.getState().undo();
    canvas.getState().announce(`Undone: ${label}.`);
  },
});

export const redo = command({
  id: 'edit.redo',
  group: 'Edit',
  title: ({ documents }) => {
    const label = documents.getState().future[0]?.label;
    return label ? `Redo ${label}` : 'Redo';
  },
  keys: ['mod+shift+z', 'mod+y'],
  enabled: ({ documents }) => documents.getState().future.length > 0,
  run: ({ documents, canvas }) => {
    const label = documents.getState().future[0]?.label ?? '';
    documents.getState().redo();
    canvas.getState().announce(`Done again: ${label}.`);
  },
});

const removal = (desk: Desk, verb: string) => {
  const { documents, canvas } = desk;
  const { drawing: document, selection, edit } = documents.getState();
  const nodes = selectedNodes(desk).size;
  const wires = document.edges.filter((edge) => selection.has(edgeId(edge))).length;
  const what = nodes > 0 ? layersText(nodes) : wires === 1 ? 'wire' : `${wires} wires`;
  edit(`${verb} ${what}`, removeEdits(document, selection), { select: [] });
  canvas.getState().announce(`Removed ${what}.`);
};
const hasSelection = ({ documents }: Desk) => documents.getState().selection.size > 0;

export const remove = command({
  id: 'edit.delete',
  group: 'Edit',
  title: 'Delete',
  keys: ['delete', 'backspace'],
  onCanvas: true,
  history: 'record',
  keywords: ['remove'],
  enabled: hasSelection,
  run: (desk) => removal(desk, 'delete'),
});

const offset = { x: 32, y: 32 };

function put(desk: Desk, clip: Clip, label: string) {
  const { drawing: document, edit } = desk.documents.getState();
  const { ids, edits } = pasteEdits(document, clip, offset);
  edit(label, edits, { select: ids });
  desk.canvas.getState().announce(`Added ${layersText(ids.length)}: ${ids.join(', ')}.`);
}

export const duplicate = command({
  id: 'edit.duplicate',
  group: 'Edit',
  title: 'Duplicate',
  keys: ['mod+d'],
  history: 'record',
  enabled: (desk) => selectedNodes(desk).size > 0,
  run: (desk) => put(desk, copyOf(desk.documents.getState().drawing, selectedNodes(desk)), 'duplicate'),
});

/** For windows that the browser keeps from the system's clipboard. */
let lastCopied = '';

async function copySelection(desk: Desk): Promise<void> {
  const clip = copyOf(desk.documents.getState().drawing, selectedNodes(desk));
  lastCopied = clipText(clip);
  desk.canvas.getState().announce(`Copied ${layersText(clip.nodes.length)}.`);
  await desk.services.clipboard.write(lastCopied).catch(() => undefined);
}

export const copy = command({
  id: 'edit.copy',
  group: 'Edit',
  title: 'Copy',
  keys: ['mod+c'],
  onCanvas: true,
  enabled: (desk) => selectedNodes(desk).size > 0,
  run: copySelection,
});

export const cut = command({
  id: 'edit.cut',
  group: 'Edit',
  title: 'Cut',
  keys: ['mod+x'],
  onCanvas: true,
  history: 'record',
  enabled: (desk) => selectedNodes(desk).size > 0,
  run: (desk) => {
    void copySelection(desk);
    removal(desk, 'cut');
  },
});

export const paste = command({
  id: 'edit.paste',
  group: 'Edit',
  title: 'Paste',
  keys: ['mod+v'],
  onCanvas: true,
  history: 'record',
  run: async (desk) => {
    const system = await desk.services.clipboard.read().catch(() => '');
    const clip = parseClip(system);
    const fallback = clip.ok ? clip : parseClip(lastCopied);
    if (fallback.ok) put(desk, fallback.value, 'paste');
    else desk.canvas.getState().announce(fallback.error);
  },
});

export const selectAll = command({
  id: 'edit.selectAll',
  group: 'Edit',
  title: 'Select all',
  keys: ['mod+a'],
  onCanvas: true,
  enabled: ({ documents }) => documents.getState().drawing.nodes.length > 0,
  run: ({ documents, canvas }) => {
    const { drawing: document, select } = documents.getState();
    select(document.nodes.map((node) => node.id));
    canvas.getState().announce(`${layersText(document.nodes.length)} selected.`);
  },
});

export const clear = command({
  id: 'edit.clear',
  group: 'Edit',
  title: 'Clear the selection',
  keys: ['esc'],
  onCanvas: true,
  listed: false,
  enabled: hasSelection,
  run: ({ documents }) => documents.getState().select([]),
});
