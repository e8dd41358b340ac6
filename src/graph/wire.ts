import { edgeId, samePort, type Edge, type LoomDocument, type Port, type Position } from './document';
import type { Edit } from './edits';
import { isVariadic, wiresInto, nodesById } from './ports';
import { createNode, freePosition, nodeSize, rowHeight } from './factory';
import type { LayerDefinition } from '@/layers/define';

/** The wire that already enters a port. */
export const wireInto = (document: LoomDocument, port: Port): Edge | undefined =>
  wiresInto(document, port.node).find((edge) => samePort(edge.to, port));

/** Draws a wire; one that was there gives way. */
export function connectEdits(document: LoomDocument, from: Port, to: Port): readonly Edit[] {
  const old = wireInto(document, to);
  if (old && samePort(old.from, from)) return [];
  return [...(old ? [{ kind: 'disconnect', edges: [edgeId(old)] } as const] : []), { kind: 'connect', edge: { from, to } }];
}

/**
 * Takes nodes and wires away. Inputs of a variadic node that came after a lost one move up, so that its ports
 * stay without a hole and in their order.
 */
export function removeEdits(document: LoomDocument, ids: ReadonlySet<string>): readonly Edit[] {
  const nodes = document.nodes.filter((node) => ids.has(node.id)).map((node) => node.id);
  const goneNodes = new Set(nodes);
  const lost = (edge: Edge) => ids.has(edgeId(edge)) || goneNodes.has(edge.from.node) || goneNodes.has(edge.to.node);
  const cut = document.edges.filter((edge) => lost(edge) && !goneNodes.has(edge.from.node) && !goneNodes.has(edge.to.node));
  const shifted: Edge[] = [];
  const moved: Edge[] = [];
  const byId = nodesById(document);
  for (const target of new Set(document.edges.filter(lost).map((edge) => edge.to.node))) {
    const node = byId.get(target);
    if (!node || goneNodes.has(target) || !isVariadic(node)) continue;
    const kept = wiresInto(document, target)
      .filter((edge) => !lost(edge))
      .sort((a, b) => a.to.port - b.to.port);
    kept.forEach((edge, port) => {
      if (edge.to.port === port) return;
      shifted.push(edge);
      moved.push({ from: edge.from, to: { node: target, port } });
    });
  }
  const disconnected = [...cut, ...shifted].map(edgeId);
  return [
    ...(nodes.length > 0 ? [{ kind: 'removeNodes', ids: nodes } as const] : []),
    ...(disconnected.length > 0 ? [{ kind: 'disconnect', edges: disconnected } as const] : []),
    ...moved.map((edge) => ({ kind: 'connect', edge }) as const),
  ];
}

/** Where a new node goes: a row below the given one, or below everything, or where it is wished. */
export function placeBelow(document: LoomDocument, after: string | null): Position {
  const node = after === null ? undefined : nodesById(document).get(after);
  if (node) return freePosition(document, { x: node.position.x, y: node.position.y + rowHeight });
  const lowest = document.nodes.reduce<Position | null>(
    (low, { position }) => (low === null || position.y > low.y ? position : low),
    null,
  );
  return lowest ? freePosition(document, { x: lowest.x, y: lowest.y + rowHeight }) : { x: 0, y: 0 };
}

/**
 * Puts a new node into a wire: both halves are drawn. Where the wire runs straight down, the node takes the row below
 * its source, and the column below moves down as far as it must; elsewhere it stands where it is wished.
 */
export function insertIntoEdge(
  document: LoomDocument,
  definition: LayerDefinition,
  edge: Edge,
  wished: Position,
): { readonly node: string; readonly edits: readonly Edit[] } {
  const byId = nodesById(document);
  const source = byId.get(edge.from.node)?.position;
  const target = byId.get(edge.to.node)?.position;
  const inColumn = (position: Position) => target !== undefined && Math.abs(position.x - target.x) < nodeSize.width;
  const straight = source && target && inColumn(source) && target.y > source.y && target.y - source.y < 2 * rowHeight;
  const position = straight ? { x: target.x, y: source.y + rowHeight } : wished;
  const shift = straight ? position.y + rowHeight - target.y : 0;
  const below = straight && shift > 0 ? document.nodes.filter(({ position: at }) => inColumn(at) && at.y >= target.y) : [];
  const node = createNode(document, definition, position);
  return {
    node: node.id,
    edits: [
      { kind: 'disconnect', edges: [edgeId(edge)] },
      ...(below.length > 0
        ? [
            {
              kind: 'move',
              positions: Object.fromEntries(below.map(({ id, position: { x, y } }) => [id, { x, y: y + shift }])),
            } as const,
          ]
        : []),
      {
        kind: 'addNodes',
        nodes: [node],
        edges: [
          { from: edge.from, to: { node: node.id, port: 0 } },
          { from: { node: node.id, port: 0 }, to: edge.to },
        ],
      },
    ],
  };
}

/** Whether a layer can stand in the middle of a wire. */
export const passesThrough = (definition: LayerDefinition): boolean =>
  definition.role === 'layer' && (definition.inputs.kind === 'variadic' || definition.inputs.names.length > 0);
