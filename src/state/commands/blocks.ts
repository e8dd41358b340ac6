import { blockOf, isBlock, readUse } from '@/graph/blocks';
import { detach, group, ungroup, type Regrouping } from '@/graph/grouping';
import { nearestSheet } from '@/graph/drawing';
import { nodesById } from '@/graph/ports';
import type { Result } from '@/core/result';
import type { Desk } from '../desk';
import { selectedNode } from '../insertion';
import { command } from './define';

const selectedPaths = ({ documents }: Pick<Desk, 'documents'>): readonly string[] => {
  const { drawing, selection } = documents.getState();
  return drawing.nodes.filter(({ id }) => selection.has(id)).map(({ id }) => id);
};

/** The one selected node, where it stands for a block that is there. */
function selectedBlock(desk: Pick<Desk, 'documents'>): string | null {
  const { drawing } = desk.documents.getState();
  const id = selectedNode(desk);
  const node = id === null ? undefined : nodesById(drawing).get(id);
  return node && blockOf(drawing, node) ? node.id : null;
}

/** Takes a regrouping over as one step of undo, what it put in selected; says why it can't be. */
function take({ documents, canvas, view }: Desk, label: string, made: Result<Regrouping>, done: string): void {
  if (!made.ok) return canvas.getState().announce(made.error);
  documents.getState().edit(label, made.value.edits, { select: made.value.paths });
  canvas.getState().announce(done);
  const [first] = made.value.paths;
  if (first) view.getState().revealNode(first);
}

export const groupSelected = command({
  id: 'block.group',
  group: 'Edit',
  title: 'Group into a block',
  keys: ['mod+g'],
  history: 'record',
  keywords: ['block', 'composite', 'module', 'subnetwork'],
  enabled: (desk) => selectedPaths(desk).length > 0,
  run: (desk) => {
    const paths = selectedPaths(desk);
    const made = group(desk.documents.getState().document, paths, 'Block');
    if (!made.ok) desk.services.notify(made.error);
    take(desk, 'group', made, `Grouped ${paths.length === 1 ? '1 layer' : `${paths.length} layers`} into a block.`);
  },
});

export const ungroupSelected = command({
  id: 'block.ungroup',
  group: 'Edit',
  title: 'Ungroup the block',
  keys: ['mod+shift+g'],
  history: 'record',
  keywords: ['block', 'dissolve', 'expand', 'flatten'],
  enabled: (desk) => selectedBlock(desk) !== null,
  run: (desk) => {
    const path = selectedBlock(desk);
    if (path === null) return;
    const made = ungroup(desk.documents.getState().document, path);
    if (!made.ok) desk.services.notify(made.error);
    take(desk, 'ungroup', made, 'Ungrouped the block.');
  },
});

export const detachSelected = command({
  id: 'block.detach',
  group: 'Edit',
  title: 'Detach the block from its other uses',
  history: 'record',
  keywords: ['block', 'copy', 'unlink', 'own'],
  enabled: (desk) => selectedBlock(desk) !== null,
  run: (desk) => {
    const path = selectedBlock(desk);
    if (path !== null) take(desk, 'detach', detach(desk.documents.getState().document, path), 'The block is its own now.');
  },
});

/** Shows the inside of a block where it stands, its first repetition. */
export function openBlock({ documents, viewport, canvas }: Desk, path: string): void {
  const { drawing, openSheet } = documents.getState();
  const node = nodesById(drawing).get(path);
  const block = node && blockOf(drawing, node);
  if (!node || !block || !isBlock(node)) return;
  openSheet(readUse(node)?.repeat === undefined ? `${path}/` : `${path}/0/`);
  canvas.getState().announce(`Inside ${node.name}, the block ${block.name}.`);
  requestAnimationFrame(() => viewport.current?.fit());
}

export const open = command({
  id: 'block.open',
  group: 'View',
  title: 'Open the block',
  keys: ['enter'],
  onCanvas: true,
  keywords: ['block', 'inside', 'enter', 'dive'],
  enabled: (desk) => selectedBlock(desk) !== null,
  run: (desk) => {
    const path = selectedBlock(desk);
    if (path !== null) openBlock(desk, path);
  },
});

/** The node that the open sheet is the inside of: `stage2/0/` → `stage2`. */
export const nodeAround = (sheet: string): string => sheet.replace(/(\/\d+)?\/$/, '');

export const leave = command({
  id: 'block.leave',
  group: 'View',
  title: 'Leave the block',
  keys: ['mod+up'],
  onCanvas: true,
  keywords: ['block', 'outside', 'parent', 'back'],
  enabled: ({ documents }) => documents.getState().sheet !== '',
  run: ({ documents, view, viewport }) => {
    const { document, sheet, openSheet, select } = documents.getState();
    const node = nodeAround(sheet);
    openSheet(nearestSheet(document, node.slice(0, node.lastIndexOf('/') + 1)));
    select([node]);
    view.getState().revealNode(node);
    requestAnimationFrame(() => viewport.current?.fit());
  },
});
