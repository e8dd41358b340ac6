import type { ElkNode } from 'elkjs/lib/elk-api';
import type { LoomDocument, Position } from './document';
import { nodeSize } from './factory';
import { inputCount, nodesById, outputCount, portOffset } from './ports';

const grid = 4;
const snap = (value: number) => Math.round(value / grid) * grid;

/** The drawing as elk takes it: ports in their order, top to bottom, long chains wrapped into columns. */
export function elkGraph(document: LoomDocument): ElkNode {
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
      const ins = inputCount(document, node);
      const outs = outputCount(document, node);
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

/** Where elk put the nodes, long networks wrapped into columns. */
export function elkPositions(document: LoomDocument, result: ElkNode): Readonly<Record<string, Position>> {
  const placed = new Map((result.children ?? []).map(({ id, x = 0, y = 0 }) => [id, { x: snap(x), y: snap(y) }] as const));
  return Object.fromEntries(wrapColumns(document, placed));
}

/** Width over height that a drawing is wrapped towards: a canvas beside its panels. */
const wantedAspect = 1.5;
const columnGap = 72;

/**
 * A tall drawing cut into columns that are read like those of a newspaper. It is cut only between rows where one
 * output alone leads on, so that skips and branches stay whole; one without such rows, or short, stays as it is.
 */
export function wrapColumns(document: LoomDocument, placed: ReadonlyMap<string, Position>): ReadonlyMap<string, Position> {
  const rows = [...new Set([...placed.values()].map(({ y }) => y))].sort((a, b) => a - b);
  const tops = rows.filter((y, i) => i === 0 || y - (rows[i - 1] ?? 0) >= nodeSize.height);
  const xs = [...placed.values()].map(({ x }) => x);
  const width = Math.max(...xs) - Math.min(...xs) + nodeSize.width + columnGap;
  const height = (rows.at(-1) ?? 0) - (rows[0] ?? 0) + nodeSize.height;
  const columns = Math.round(Math.sqrt((wantedAspect * height) / width));
  if (placed.size < 6 || columns < 2) return placed;

  const cutAbove = tops.slice(1).filter((y) => {
    const crossing = new Set(
      document.edges
        .filter(({ from, to }) => (placed.get(from.node)?.y ?? y) < y && (placed.get(to.node)?.y ?? -Infinity) >= y)
        .map(({ from }) => `${from.node}.${from.port}`),
    );
    return crossing.size <= 1;
  });
  const wanted = height / columns;
  const starts = [tops[0] ?? 0];
  cutAbove.forEach((y, i) => {
    const start = starts.at(-1) ?? 0;
    const next = cutAbove[i + 1] ?? (rows.at(-1) ?? 0) + nodeSize.height;
    // The cut that comes nearest to the wanted height: here, unless the next one is nearer.
    if (Math.abs(y - start - wanted) <= Math.abs(next - start - wanted) && starts.length < columns) starts.push(y);
  });

  const wrapped = new Map<string, Position>();
  let left = 0;
  starts.forEach((start, i) => {
    const end = starts[i + 1] ?? Infinity;
    const members = [...placed].filter(([, { y }]) => y >= start && y < end);
    const low = Math.min(...members.map(([, { x }]) => x));
    const high = Math.max(...members.map(([, { x }]) => x));
    for (const [id, { x, y }] of members) wrapped.set(id, { x: snap(left + x - low), y: snap(y - start) });
    left += high - low + nodeSize.width + columnGap;
  });
  return wrapped;
}

/** The rectangle round all nodes, from the document alone: nothing need have been drawn. */
export function boundsOf(document: LoomDocument): { readonly x: number; readonly y: number; readonly width: number; readonly height: number } {
  if (document.nodes.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const xs = document.nodes.map((node) => node.position.x);
  const ys = document.nodes.map((node) => node.position.y);
  const low = (values: number[]) => values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = (values: number[]) => values.reduce((a, b) => Math.max(a, b), -Infinity);
  const x = low(xs);
  const y = low(ys);
  return { x, y, width: high(xs) + nodeSize.width - x, height: high(ys) + nodeSize.height - y };
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
