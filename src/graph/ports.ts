import { defaults, parseParams } from '@/core/params';
import type { LayerDefinition } from '@/layers/define';
import { definitionFor } from '@/layers/registry';
import type { Edge, GraphNode, LoomDocument, Port, Position } from './document';
import { blockOf, isBlock, portsOf, portTypes } from './blocks';
import { nodeSize } from './factory';
import { edgesFrom, edgesInto, indexOf } from './traverse';

/** Nodes by id. */
export const nodesById = (document: LoomDocument): ReadonlyMap<string, GraphNode> => indexOf(document).nodes;

/** Wires that enter a node, by port. */
export const wiresInto = (document: LoomDocument, id: string): readonly Edge[] => edgesInto(indexOf(document), id);
/** Wires that leave a node, in the order drawn. */
export const wiresFrom = (document: LoomDocument, id: string): readonly Edge[] => edgesFrom(indexOf(document), id);

export const definitionOf = (node: GraphNode): LayerDefinition | undefined => definitionFor(node.type);

/** Whether a node's inputs are any number of alike ones, in order. */
export const isVariadic = (node: GraphNode): boolean => definitionOf(node)?.inputs.kind === 'variadic';

/** How many input ports a node shows: all of a fixed one or a block, the used ones and a free one of a variadic one. */
export function inputCount(document: LoomDocument, node: GraphNode): number {
  const highest = wiresInto(document, node.id).reduce((most, edge) => Math.max(most, edge.to.port + 1), 0);
  const block = blockOf(document, node);
  if (block) return Math.max(portsOf(block).inputs.length, highest);
  const inputs = definitionOf(node)?.inputs;
  if (!inputs) return highest;
  if (inputs.kind === 'variadic') return Math.max(highest, Math.min(highest + 1, inputs.max ?? Infinity));
  // What enters a block's input is drawn outside.
  return node.type === portTypes.input ? 0 : Math.max(inputs.names.length, highest);
}

export function outputCount(document: LoomDocument, node: GraphNode): number {
  const highest = wiresFrom(document, node.id).reduce((most, edge) => Math.max(most, edge.from.port + 1), 0);
  const definition = definitionOf(node);
  if (!definition && !isBlock(node)) return Math.max(1, highest);
  const none = definition?.role === 'sink' || node.type === portTypes.output;
  return Math.max(none ? 0 : outputNames(document, node).length, highest);
}

/** What a node's output ports are called; those of its defaults where its parameters can't be read. */
export function outputNames(document: LoomDocument, node: GraphNode): readonly string[] {
  const block = blockOf(document, node);
  if (block) return portsOf(block).outputs.map(({ name }) => name);
  const definition = definitionOf(node);
  if (!definition) return [];
  const parsed = parseParams(definition.params, node.params);
  return definition.outputs(parsed.ok ? parsed.value : defaults(definition.params));
}

/** `input`, `input 2`: what people call an input port. */
export function inputName(document: LoomDocument, node: GraphNode, port: number): string {
  const numbered = `input ${port + 1}`;
  const block = blockOf(document, node);
  if (block) return portsOf(block).inputs[port]?.name ?? numbered;
  const inputs = definitionOf(node)?.inputs;
  if (!inputs) return numbered;
  if (inputs.kind === 'fixed') return inputs.names[port] ?? numbered;
  return inputs.names?.[port] ?? `${inputs.name} ${port + 1}`;
}

/** Middle of a port, along the top or bottom edge of its node, from the node's left. */
export const portOffset = (port: number, count: number): number => (nodeSize.width * (port + 1)) / (count + 1);

/** Input ports that nothing enters yet, in order. */
export function freeInputs(document: LoomDocument, node: GraphNode): readonly Port[] {
  const taken = new Set(wiresInto(document, node.id).map((edge) => edge.to.port));
  return Array.from({ length: inputCount(document, node) }, (_, port) => ({ node: node.id, port })).filter(
    ({ port }) => !taken.has(port),
  );
}

export type Direction = 'up' | 'down' | 'left' | 'right';

const distance = (a: Position, b: Position) => Math.hypot(a.x - b.x, a.y - b.y);

function nearest(origin: GraphNode, nodes: readonly GraphNode[]): GraphNode | null {
  let best: GraphNode | null = null;
  for (const node of nodes) {
    if (!best || distance(node.position, origin.position) < distance(best.position, origin.position)) best = node;
  }
  return best;
}

/** Where an arrow key leads: along the wires downwards and upwards, else to the nearest node that way. */
export function neighbour(document: LoomDocument, id: string, direction: Direction): string | null {
  const byId = nodesById(document);
  const origin = byId.get(id);
  if (!origin) return document.nodes[0]?.id ?? null;
  const present = (ids: readonly string[]) => ids.flatMap((other) => byId.get(other) ?? []);
  if (direction === 'down' || direction === 'up') {
    const along =
      direction === 'down'
        ? wiresFrom(document, id).map((edge) => edge.to.node)
        : wiresInto(document, id).map((edge) => edge.from.node);
    const next = nearest(origin, present(along));
    if (next) return next.id;
  }
  const { x, y } = origin.position;
  const cone = document.nodes.filter((node) => {
    const dx = node.position.x - x;
    const dy = node.position.y - y;
    switch (direction) {
      case 'down':
        return dy > 0 && dy >= Math.abs(dx) / 3;
      case 'up':
        return dy < 0 && -dy >= Math.abs(dx) / 3;
      case 'left':
        return dx < 0 && -dx >= Math.abs(dy) / 3;
      case 'right':
        return dx > 0 && dx >= Math.abs(dy) / 3;
    }
  });
  return nearest(origin, cone)?.id ?? null;
}
