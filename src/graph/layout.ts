import type { ElkNode } from 'elkjs/lib/elk-api';
import type { LoomDocument, Position } from './document';
import { nodeSize } from './factory';
import { inputCount, linksOf, nodesById, outputCount, portOffset } from './ports';

const grid = 4;
const snap = (value: number) => Math.round(value / grid) * grid;

/** The drawing as elk takes it: ports in their order, top to bottom, long chains wrapped into columns. */
export function elkGraph(document: LoomDocument): ElkNode {
  const links = linksOf(document);
  const byId = nodesById(document);
  return {
    id: 'root',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'DOWN',
      'elk.layered.spacing.nodeNodeBetweenLayers': '44',
      'elk.spacing.nodeNode': '56',
      'elk.spacing.edgeNode': '28',
      'elk.layered.spacing.edgeNodeBetweenLayers': '20',
      'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
      'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
      'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
      'elk.spacing.componentComponent': '72',
    },
    children: document.nodes.map((node) => {
      const ins = inputCount(node, links.into.get(node.id) ?? []);
      const outs = outputCount(node, links.from.get(node.id) ?? []);
      const port = (side: 'NORTH' | 'SOUTH', index: number, count: number) => ({
        id: `${node.id}.${side}.${index}`,
        x: portOffset(index, count),
        y: side === 'NORTH' ? 0 : nodeSize.height,
        width: 0,
        height: 0,
        layoutOptions: { 'elk.port.side': side },
      });
      return {
        id: node.id,
        ...nodeSize,
        layoutOptions: { 'elk.portConstraints': 'FIXED_POS' },
        ports: [
          ...Array.from({ length: ins }, (_, index) => port('NORTH', index, ins)),
          ...Array.from({ length: outs }, (_, index) => port('SOUTH', index, outs)),
        ],
      };
    }),
    edges: document.edges
      .filter((edge) => byId.has(edge.from.node) && byId.has(edge.to.node))
      .map((edge, index) => ({
        id: `e${index}`,
        sources: [`${edge.from.node}.SOUTH.${edge.from.port}`],
        targets: [`${edge.to.node}.NORTH.${edge.to.port}`],
      })),
  };
}

export function elkPositions(result: ElkNode): Readonly<Record<string, Position>> {
  return Object.fromEntries(
    (result.children ?? []).map(({ id, x = 0, y = 0 }) => [id, { x: snap(x), y: snap(y) }] as const),
  );
}

/** Whether nobody has placed the nodes yet: several of them, all on one spot. */
export function needsLayout(document: LoomDocument): boolean {
  const [first, ...rest] = document.nodes;
  return (
    first !== undefined &&
    rest.length > 0 &&
    rest.every((node) => node.position.x === first.position.x && node.position.y === first.position.y)
  );
}
