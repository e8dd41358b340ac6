import type { Edge, LoomDocument, Port, Position } from '@/graph/document';
import { edgeId } from '@/graph/document';
import type { Edit } from '@/graph/edits';
import { pasteEdits } from '@/graph/clipboard';
import { columnWidth, nodeSize, rowHeight } from '@/graph/factory';
import { nodesById } from '@/graph/ports';
import { type Fragment, templates } from '@/graph/template';
import { compilationOf } from './compilation';
import type { Desk } from './desk';
import { type Insertion, placeFor, selectedNode } from './insertion';

/**
 * Puts a template's layers down, selected, fitted to what comes in and wired to it: into a wire, after the given port
 * or after the selected node. One step of undo. Returns the new ids.
 */
export function addTemplate(desk: Desk, id: string, { at, into, from }: Insertion = {}): readonly string[] {
  const template = templates.get(id);
  if (!template) return [];
  const { drawing: document, edit } = desk.documents.getState();
  const selected = selectedNode(desk);
  const origin: Port | null =
    into?.from ?? (from === undefined && selected !== null ? { node: selected, port: 0 } : (from ?? null));
  const source = origin && compilationOf(document).nodes.get(origin.node);
  const fragment = template.fragment(source?.outputs?.[origin?.port ?? 0] ?? null);
  const offset = into ? below(document, into) : roomFor(document, fragment, at ?? placeFor(desk, origin));
  const pasted = pasteEdits(document, fragment, offset);
  const idOf = (port: Port): Port => ({
    node: pasted.ids[fragment.nodes.findIndex((node) => node.id === port.node)] ?? port.node,
    port: port.port,
  });
  const connect = (edge: Edge): Edit => ({ kind: 'connect', edge });
  const entering = origin ? fragment.entries.map((entry) => connect({ from: origin, to: idOf(entry) })) : [];
  const edits: readonly Edit[] = into
    ? [
        { kind: 'disconnect', edges: [edgeId(into)] },
        ...makeRoom(document, fragment, into),
        ...pasted.edits,
        ...entering,
        connect({ from: idOf(fragment.exit), to: into.to }),
      ]
    : [...pasted.edits, ...entering];
  edit(`add ${template.title}`, edits, { select: pasted.ids });
  desk.canvas.getState().announce(`Added ${template.title}: ${pasted.ids.join(', ')}.`);
  const [first] = pasted.ids;
  if (first) desk.view.getState().revealNode(first);
  return pasted.ids;
}

const below = (document: LoomDocument, { from }: Edge): Position => {
  const position = nodesById(document).get(from.node)?.position ?? { x: 0, y: 0 };
  return { x: position.x, y: position.y + rowHeight };
};

/** The first place at or right of the wished one where no layer of the fragment lies on another. */
function roomFor(document: LoomDocument, { nodes }: Fragment, wished: Position): Position {
  const isFree = (offset: Position) =>
    nodes.every(({ position }) =>
      document.nodes.every(
        (other) =>
          Math.abs(other.position.x - position.x - offset.x) >= nodeSize.width ||
          Math.abs(other.position.y - position.y - offset.y) >= nodeSize.height,
      ),
    );
  let offset = wished;
  while (!isFree(offset)) offset = { x: offset.x + columnWidth, y: offset.y };
  return offset;
}

/** Moves what stands below the wire's beginning down by the fragment's rows. */
function makeRoom(document: LoomDocument, { nodes }: Fragment, { from, to }: Edge): readonly Edit[] {
  const byId = nodesById(document);
  const [source, target] = [byId.get(from.node), byId.get(to.node)];
  if (!source || !target) return [];
  const lowest = Math.max(...nodes.map(({ position }) => position.y)) + rowHeight;
  const shift = source.position.y + rowHeight + lowest - target.position.y;
  if (shift <= 0 || target.position.y <= source.position.y) return [];
  const moved = document.nodes.filter(({ position }) => position.y >= target.position.y);
  const positions = Object.fromEntries(moved.map(({ id, position: { x, y } }) => [id, { x, y: y + shift }]));
  return [{ kind: 'move', positions }];
}
