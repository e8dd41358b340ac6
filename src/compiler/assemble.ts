import type { Graph, GraphNode } from '@/graph/document';
import { noCost, totalOf } from './cost';
import type { NodeReport } from './compilation';
import type { Plan, PlanLayer, PlanView } from './plan';
import type { Skeleton, Source } from './skeleton';

/** Hands out layer names that are unique and that every framework accepts: letters, digits, `_`, `.`, `-`. */
export function namer(): (wish: string) => string {
  const taken = new Set<string>();
  return (wish) => {
    const safe = wish.normalize('NFKD').replace(/[^\w.-]+/g, '_').replace(/^[^A-Za-z0-9]+/, '') || 'layer';
    let name = safe;
    for (let n = 2; taken.has(name); n += 1) name = `${safe}_${n}`;
    taken.add(name);
    return name;
  };
}

interface Positions {
  /** Indices in the skeleton, in the order of the plan. */
  readonly places: readonly number[];
  /** What each planned layer takes, by index into the plan. */
  readonly sources: readonly PlanLayer['sources'][];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

const positions = new WeakMap<Skeleton, Positions>();

/** Which places make up the plan, and what each takes from which: the layers that lead to an output. */
function positionsOf(skeleton: Skeleton): Positions {
  const known = positions.get(skeleton);
  if (known) return known;
  const isPassage = (place: number) => skeleton.places[place]!.definition?.role === 'passage';
  /** The port that a passage hands on. */
  const beginningOf = (source: Source): Source => {
    let at = source;
    while (isPassage(at.place)) {
      const before = skeleton.places[at.place]!.sources?.[0];
      if (!before) break;
      at = before;
    }
    return at;
  };
  const places = skeleton.places.flatMap(({ takesPart }, place) => (takesPart && !isPassage(place) ? [place] : []));
  const planned = new Map(places.map((place, position) => [place, position]));
  const withRole = (role: 'source' | 'sink') =>
    places.flatMap((place, position) => (skeleton.places[place]!.definition?.role === role ? [position] : []));
  const found: Positions = {
    places,
    sources: places.map((place) =>
      (skeleton.places[place]!.sources ?? [])
        .map(beginningOf)
        .map((source) => ({ layer: planned.get(source.place) ?? -1, port: source.port })),
    ),
    inputs: withRole('source'),
    outputs: withRole('sink'),
  };
  positions.set(skeleton, found);
  return found;
}

const names = new WeakMap<Skeleton, { readonly drawn: readonly string[]; readonly safe: readonly string[] }>();

/** Safe names of the planned layers, numbered where they would be the same; made anew when one is renamed. */
function namesOf(graph: Graph, skeleton: Skeleton, places: readonly number[]): readonly string[] {
  const nameAt = (place: number) => graph.nodes[skeleton.places[place]!.at]!.name;
  const known = names.get(skeleton);
  if (known && places.every((place, i) => known.drawn[i] === nameAt(place))) return known.safe;
  const drawn = places.map(nameAt);
  const safe = drawn.map(namer());
  names.set(skeleton, { drawn, safe });
  return safe;
}

const layersOf = new WeakMap<GraphNode, { report: NodeReport; layer: PlanLayer }>();

function planLayer(node: GraphNode, report: NodeReport, name: string, sources: PlanLayer['sources']): PlanLayer {
  const known = layersOf.get(node);
  if (known?.report === report && known.layer.name === name && known.layer.sources === sources) return known.layer;
  const layer: PlanLayer = {
    path: node.id,
    node: node.id,
    type: node.type,
    name,
    // Without an error all of it is known of every layer that takes part.
    params: report.params ?? {},
    sources,
    inputs: report.inputs.filter((shape) => shape !== null),
    outputs: report.outputs ?? [],
    weights: Object.entries(report.weights ?? {}).map(([weight, spec]) => ({ ...spec, name: weight, key: `${node.id}/${weight}` })),
    cost: report.cost ?? noCost,
  };
  if (known) Object.assign(known, { report, layer });
  else layersOf.set(node, { report, layer });
  return layer;
}

/** A view that knows how many layers it has. */
export interface ViewedPlan extends PlanView {
  readonly count: number;
}

/** The layers that lead to an output, of a graph without errors; each is made when asked for. */
export function planView(graph: Graph, skeleton: Skeleton, reports: readonly NodeReport[]): ViewedPlan {
  const { places, sources, inputs, outputs } = positionsOf(skeleton);
  let safe: readonly string[] | null = null;
  const at = (index: number): PlanLayer | undefined => {
    const place = places[index];
    const name = (safe ??= namesOf(graph, skeleton, places))[index];
    if (place === undefined || name === undefined) return undefined;
    return planLayer(graph.nodes[skeleton.places[place]!.at]!, reports[place]!, name, sources[index]!);
  };
  return { inputs, outputs, layers: { at }, count: places.length };
}

/** The plan that a view shows, as plain data. */
export function assemblePlan(name: string, { inputs, outputs, layers, count }: ViewedPlan): Plan {
  const all = Array.from({ length: count }, (_, index) => layers.at(index)!);
  return { name, layers: all, inputs, outputs, totals: totalOf(all.map((layer) => layer.cost)) };
}
