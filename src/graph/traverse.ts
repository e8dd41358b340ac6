import type { Edge, Graph, GraphNode } from './document';

/** Wires, looked up from either end. */
export interface Wires {
  /** Wires into each node, by port and then in the order drawn. */
  readonly incoming: ReadonlyMap<string, readonly Edge[]>;
  readonly outgoing: ReadonlyMap<string, readonly Edge[]>;
}

/** A graph's nodes and wires, looked up by the ids of nodes. */
export interface GraphIndex extends Wires {
  readonly nodes: ReadonlyMap<string, GraphNode>;
}

const wiresOfEdges = new WeakMap<readonly Edge[], Wires>();
const indices = new WeakMap<readonly GraphNode[], { readonly edges: readonly Edge[]; readonly index: GraphIndex }>();
const none: readonly Edge[] = [];

/** Derived from the edges, once for each list of them: edits of nodes leave it as it is. */
export function wiresOf(edges: readonly Edge[]): Wires {
  const known = wiresOfEdges.get(edges);
  if (known) return known;
  const incoming = new Map<string, Edge[]>();
  const outgoing = new Map<string, Edge[]>();
  const push = (map: Map<string, Edge[]>, id: string, edge: Edge) => {
    const list = map.get(id);
    if (list) list.push(edge);
    else map.set(id, [edge]);
  };
  for (const edge of edges) {
    push(incoming, edge.to.node, edge);
    push(outgoing, edge.from.node, edge);
  }
  for (const list of incoming.values()) list.sort((a, b) => a.to.port - b.to.port);
  const wires = { incoming, outgoing };
  wiresOfEdges.set(edges, wires);
  return wires;
}

/** Derived from nodes and edges, once for each pair of them. */
export function indexOf({ nodes, edges }: Graph): GraphIndex {
  const known = indices.get(nodes);
  if (known?.edges === edges) return known.index;
  const index = { nodes: new Map(nodes.map((node) => [node.id, node])), ...wiresOf(edges) };
  indices.set(nodes, { edges, index });
  return index;
}

export const edgesInto = (wires: Wires, id: string): readonly Edge[] => wires.incoming.get(id) ?? none;
export const edgesFrom = (wires: Wires, id: string): readonly Edge[] => wires.outgoing.get(id) ?? none;

/**
 * Kahn 1962: different ids in an order in which every wire runs forward, as given where it is free; `left`: those on or
 * behind cycles.
 */
export function topologicalOrder(
  ids: readonly string[],
  wires: Wires,
): { readonly order: readonly string[]; readonly left: readonly string[] } {
  const all = new Set(ids);
  const waiting = new Map(ids.map((id) => [id, edgesInto(wires, id).filter((edge) => all.has(edge.from.node)).length]));
  const order = ids.filter((id) => waiting.get(id) === 0);
  // A list that grows is visited to its end.
  for (const id of order) {
    for (const { to } of edgesFrom(wires, id)) {
      const before = waiting.get(to.node);
      if (before === undefined) continue;
      waiting.set(to.node, before - 1);
      if (before === 1) order.push(to.node);
    }
  }
  return { order, left: ids.filter((id) => (waiting.get(id) ?? 0) > 0) };
}

/** Ids of the nodes from which a wire leads, over any number of steps, to one of `targets`; these included. */
export function leadingTo(wires: Wires, targets: Iterable<string>): ReadonlySet<string> {
  const found = new Set(targets);
  for (const id of found) {
    // A set that grows is visited to its end, so this walks backwards through the graph.
    for (const edge of edgesInto(wires, id)) found.add(edge.from.node);
  }
  return found;
}
