import type { Edge, Port, Position } from '@/graph/document';
import type { Edit } from '@/graph/edits';
import { columnWidth, createNode, freePosition, nodeSize } from '@/graph/factory';
import { freeInputs, wiresInto, wiresFrom, nodesById, outputCount, portOffset } from '@/graph/ports';
import { insertIntoEdge, placeBelow } from '@/graph/wire';
import { layers } from '@/layers/registry';
import { edited } from '@/graph/drawing';
import type { Desk } from './desk';
import { wireOutcome } from './wiring';

export interface Insertion {
  /** Top left corner; by default a row below the node it is wired to, or in the middle of what is seen. */
  readonly at?: Position;
  /** Wire that the new layer goes into. */
  readonly into?: Edge;
  /** Output port that it is wired to; by default the selected node's first. `null`: to none. */
  readonly from?: Port | null;
}

/** The one selected node, if it is one. */
export function selectedNode({ documents }: Pick<Desk, 'documents'>): string | null {
  const { drawing: document, selection } = documents.getState();
  const byId = nodesById(document);
  const nodes = [...selection].filter((id) => byId.has(id));
  return nodes.length === 1 ? (nodes[0] ?? null) : null;
}

/** Adds a layer, selected, wired where a wire fits; one step of undo. Returns its id. */
export function addLayer(desk: Desk, type: string, { at, into, from }: Insertion = {}): string | null {
  const definition = layers.get(type);
  if (!definition) return null;
  const { drawing: document, edit } = desk.documents.getState();
  const label = `add ${definition.title}`;

  if (into && at) {
    const inserted = insertIntoEdge(document, definition, into, at);
    edit(label, inserted.edits, { select: [inserted.node] });
    announceAdded(desk, inserted.node);
    return inserted.node;
  }

  const selected = selectedNode(desk);
  const origin = from === undefined && selected !== null ? { node: selected, port: 0 } : (from ?? null);
  const position = at ?? placeFor(desk, origin);
  const node = createNode(document, definition, position);
  const edits: Edit[] = [{ kind: 'addNodes', nodes: [node], edges: [] }];
  const source = origin ? nodesById(document).get(origin.node) : undefined;
  if (origin && source && outputCount(document, source) > origin.port) {
    const withNode = edited(document, edits);
    const port = freeInputs(withNode, node).find((to) => wireOutcome(withNode, origin, to).problem === null);
    if (port) edits.push({ kind: 'connect', edge: { from: origin, to: port } });
  }
  edit(label, edits, { select: [node.id] });
  announceAdded(desk, node.id);
  return node.id;
}

/** Where a new layer goes: below what it is wired to, or in the middle of what is seen. */
export function placeFor(desk: Desk, origin: Port | null): Position {
  const { drawing: document } = desk.documents.getState();
  const source = origin ? nodesById(document).get(origin.node) : undefined;
  if (source) {
    const below = placeBelow(document, source.id);
    // A second branch starts in its own column.
    return (wiresFrom(document, source.id).length ?? 0) > 0 && below.x === source.position.x
      ? freePosition(document, { x: below.x + columnWidth, y: below.y })
      : below;
  }
  const middle = desk.viewport.current?.middle();
  if (document.nodes.length === 0 && middle) {
    return { x: Math.round(middle.x - nodeSize.width / 2), y: Math.round(middle.y - nodeSize.height * 3) };
  }
  return placeBelow(document, null);
}

function announceAdded(desk: Desk, id: string): void {
  const { drawing: document } = desk.documents.getState();
  const entering = wiresInto(document, id);
  const wired = entering.map((edge) => nodesById(document).get(edge.from.node)?.name ?? edge.from.node);
  desk.canvas.getState().announce(wired.length > 0 ? `Added ${id}, wired to ${wired.join(', ')}.` : `Added ${id}.`);
  desk.view.getState().revealNode(id);
}

/** Where the top left corner goes so that the first input port lies at a point. */
export const cornerForPort = (point: Position, inputs: number): Position => ({
  x: Math.round(point.x - portOffset(0, Math.max(1, inputs))),
  y: Math.round(point.y),
});
