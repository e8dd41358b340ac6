import { definitionFor } from '@/layers/registry';
import type { LayerDefinition } from '@/layers/define';
import type { Edge, Graph, GraphNode } from '@/graph/document';
import { edgesInto, leadingTo, topologicalOrder, wiresOf } from '@/graph/traverse';

/** An output port, by the place of its node in the skeleton. */
export interface Source {
  readonly place: number;
  readonly port: number;
}

/** Where a node stands in the network: all that its parameters have no say in. */
export interface Place {
  readonly id: string;
  /** Index in the document's nodes. */
  readonly at: number;
  readonly definition: LayerDefinition | undefined;
  /** Wires into it, by port and then in the order drawn. */
  readonly incoming: readonly Edge[];
  /** It leads to an output. */
  readonly takesPart: boolean;
  /** The source at each input port; `null` where a wire is missing or one too many, which then has to be told. */
  readonly sources: readonly Source[] | null;
}

/** What wires, ids and types alone decide: it stays the same object while parameters, names and positions change. */
export interface Skeleton {
  /** Such that every wire runs forward; those on or behind cycles last. */
  readonly places: readonly Place[];
  /** How many come before those on or behind cycles. */
  readonly ordered: number;
  readonly placeOf: ReadonlyMap<string, number>;
  /** Places that a wire runs from to place p: `before[p]` up to `before[p + 1]` of `sources`. */
  readonly sources: Uint32Array;
  readonly before: Uint32Array;
  /** Indices of nodes whose id an earlier node has. */
  readonly twins: readonly number[];
  /** Wires that end nowhere. */
  readonly loose: readonly Edge[];
  readonly hasSource: boolean;
  readonly hasSink: boolean;
}

const skeletons = new WeakMap<readonly Edge[], { nodes: readonly GraphNode[]; readonly skeleton: Skeleton }>();

/** Whether nodes differ at most in what a skeleton does not look at. */
function sameBones(a: readonly GraphNode[], b: readonly GraphNode[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) {
    if (a[i] !== b[i] && (a[i]!.id !== b[i]!.id || a[i]!.type !== b[i]!.type)) return false;
  }
  return true;
}

/** The skeleton of a graph, kept with its wires. */
export function skeletonOf({ nodes, edges }: Graph): Skeleton {
  const known = skeletons.get(edges);
  if (known && sameBones(known.nodes, nodes)) {
    known.nodes = nodes;
    return known.skeleton;
  }
  const skeleton = build(nodes, edges);
  skeletons.set(edges, { nodes, skeleton });
  return skeleton;
}

function build(nodes: readonly GraphNode[], edges: readonly Edge[]): Skeleton {
  const wires = wiresOf(edges);
  const at = new Map<string, number>();
  const twins: number[] = [];
  nodes.forEach((node, i) => {
    if (at.has(node.id)) twins.push(i);
    at.set(node.id, i);
  });
  const definitionOf = (id: string) => definitionFor(nodes[at.get(id)!]!.type);
  const ids = [...at.keys()];
  const { order, left } = topologicalOrder(ids, wires);
  const sorted = [...order, ...left];
  const placeOf = new Map(sorted.map((id, place) => [id, place]));
  const sinks = ids.filter((id) => definitionOf(id)?.role === 'sink');
  const takesPart = leadingTo(wires, sinks);
  const places = sorted.map((id): Place => {
    const definition = definitionOf(id);
    const incoming = edgesInto(wires, id);
    return {
      id,
      at: at.get(id)!,
      definition,
      incoming,
      takesPart: takesPart.has(id),
      sources: definition ? soundSources(definition, incoming, placeOf) : null,
    };
  });
  const sources: number[] = [];
  const before = [0];
  for (const { incoming } of places) {
    for (const { from } of incoming) {
      const place = placeOf.get(from.node);
      if (place !== undefined) sources.push(place);
    }
    before.push(sources.length);
  }
  return {
    places,
    ordered: order.length,
    placeOf,
    sources: Uint32Array.from(sources),
    before: Uint32Array.from(before),
    twins,
    loose: edges.filter((edge) => !at.has(edge.to.node)),
    hasSource: ids.some((id) => definitionOf(id)?.role === 'source'),
    hasSink: sinks.length > 0,
  };
}

/** The source of each input port where each has exactly one; `null` elsewhere. */
function soundSources(
  { inputs }: LayerDefinition,
  incoming: readonly Edge[],
  placeOf: ReadonlyMap<string, number>,
): readonly Source[] | null {
  if (inputs.kind === 'fixed' ? incoming.length !== inputs.names.length : incoming.length < inputs.min) return null;
  const sources: Source[] = [];
  for (const [i, { from, to }] of incoming.entries()) {
    const place = placeOf.get(from.node);
    const twice = i > 0 && incoming[i - 1]!.to.port === to.port;
    const beyond = inputs.kind === 'fixed' ? to.port !== i : to.port >= (inputs.max ?? Infinity);
    if (place === undefined || twice || beyond) return null;
    sources.push({ place, port: from.port });
  }
  return sources;
}

/** Ids of one cycle in the order of its wires; some place lies on or behind one. */
export function cycleOf({ places, ordered, placeOf }: Skeleton): readonly string[] {
  const seen = new Map<number, number>();
  let at: number | undefined = ordered;
  // Walking backwards never leaves those left over: each waits for another of them.
  while (at !== undefined && at < places.length && !seen.has(at)) {
    seen.set(at, seen.size);
    at = places[at]!.incoming.map((edge) => placeOf.get(edge.from.node)).find((place) => place !== undefined && place >= ordered);
  }
  const begins = at === undefined ? undefined : seen.get(at);
  return begins === undefined ? [] : [...seen.keys()].slice(begins).reverse().map((place) => places[place]!.id);
}

