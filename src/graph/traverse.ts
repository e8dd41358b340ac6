import type { Edge, GraphNode, LoomDocument } from './document';

/** A document's wires, looked up from either end. */
export interface GraphIndex {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  /** Wires into each node, by port and then in the order drawn. */
  readonly incoming: ReadonlyMap<string, readonly Edge[]>;
  readonly outgoing: ReadonlyMap<string, readonly Edge[]>;
}

const indices = new WeakMap<readonly GraphNode[], { edges: readonly Edge[]; index: GraphIndex }>();
const none: readonly Edge[] = [];

/** Derived from nodes and edges, once for each pair of them. */
export function indexOf(document: LoomDocument): GraphIndex {
  const known = indices.get(document.nodes);
  if (known?.edges === document.edges) return known.index;
  const incoming = new Map<string, Edge[]>();
  const outgoing = new Map<string, Edge[]>();
  const push = (map: Map<string, Edge[]>, id: string, edge: Edge) => {
    const list = map.get(id);
    if (list) list.push(edge);
    else map.set(id, [edge]);
  };
  for (const edge of document.edges) {
    push(incoming, edge.to.node, edge);
    push(outgoing, edge.from.node, edge);
  }
  for (const list of incoming.values()) list.sort((a, b) => a.to.port - b.to.port);
  const index = { nodes: new Map(document.nodes.map((node) => [node.id, node])), incoming, outgoing };
  indices.set(document.nodes, { edges: document.edges, index });
  return index;
}

export const edgesInto = (index: GraphIndex, id: string): readonly Edge[] => index.incoming.get(id) ?? none;
export const edgesFrom = (index: GraphIndex, id: string): readonly Edge[] => index.outgoing.get(id) ?? none;

/** Kahn 1962: nodes such that every wire runs forward, in document order where it is free; the rest lies on or behind cycles. */
export function topologicalOrder(index: GraphIndex): { readonly order: readonly GraphNode[]; readonly left: readonly GraphNode[] } {
  const waiting = new Map<string, number>();
  for (const id of index.nodes.keys()) {
    waiting.set(id, edgesInto(index, id).filter((edge) => index.nodes.has(edge.from.node)).length);
  }
  const order: GraphNode[] = [...index.nodes.values()].filter((node) => waiting.get(node.id) === 0);
  for (let i = 0; i < order.length; i += 1) {
    for (const edge of edgesFrom(index, order[i]!.id)) {
      const target = index.nodes.get(edge.to.node);
      if (!target) continue;
      const left = waiting.get(target.id)! - 1;
      waiting.set(target.id, left);
      if (left === 0) order.push(target);
    }
  }
  return { order, left: [...index.nodes.values()].filter((node) => (waiting.get(node.id) ?? 0) > 0) };
}

/** Ids of the nodes from which a wire leads, over any number of steps, to one of `targets`; these included. */
export function leadingTo(index: GraphIndex, targets: Iterable<string>): ReadonlySet<string> {
  const found = new Set(targets);
  for (const id of found) {
    // A set that grows is visited to its end, so this walks backwards through the graph.
    for (const edge of edgesInto(index, id)) found.add(edge.from.node);
  }
  return found;
}

/** One cycle among `nodes`, as ids in the order of its wires; every one of `nodes` must lie on or behind a cycle. */
export function findCycle(index: GraphIndex, nodes: readonly GraphNode[]): readonly string[] {
  const inside = new Set(nodes.map((node) => node.id));
  const seen: string[] = [];
  let at = nodes[0]?.id;
  // Walking backwards never leaves the set: each of its nodes waits for another of them.
  while (at !== undefined && !seen.includes(at)) {
    seen.push(at);
    at = edgesInto(index, at).find((edge) => inside.has(edge.from.node))?.from.node;
  }
  return at === undefined ? [] : seen.slice(seen.indexOf(at)).reverse();
}
