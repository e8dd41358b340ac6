import { alike } from '@/core/alike';
import { problem } from '@/core/problem';
import { edgeId, type Graph, type GraphNode, type LoomDocument } from '@/graph/document';
import type { GraphFix, GraphProblem } from '@/graph/edits';
import { assemblePlan, planView, type ViewedPlan } from './assemble';
import type { Compilation } from './compilation';
import { expand, type Expansion } from './expand';
import { fieldsOf } from './field';
import { fitProblems } from './fit';
import { withInstances } from './instances';
import type { Report } from './nodeReport';
import { Placed } from './placed';
import { kept, noReport, removing, reportNode, type Surroundings } from './report';
import type { Plan } from './plan';
import { cycleOf, skeletonOf, type Skeleton } from './skeleton';

/** Document → shapes, costs, problems and, without errors, the plan. Pure; what did not change is not inferred again. */
export function compile(document: LoomDocument): Compilation {
  const expansion = expand(document);
  const { graph } = expansion;
  const skeleton = skeletonOf(graph);
  const { reports, troubled } = pass(expansion, document.strict, skeleton);
  const found: GraphProblem[] = [
    ...expansion.problems.filter(({ node }) => node === null || !skeleton.placeOf.has(node)),
    ...twinProblems(graph, skeleton),
    ...wholeProblems(graph, skeleton),
    ...looseProblems(expansion, skeleton),
  ];
  for (let place = troubled.indexOf(1); place >= 0; place = troubled.indexOf(1, place + 1)) {
    found.push(...reports[place]!.problems);
  }
  const view = found.some((each) => each.severity === 'error') ? null : planView(graph, skeleton, reports);
  if (view) found.push(...fitProblems(document, view));
  return new Compiled(document.name, expansion, skeleton, reports, view, found);
}

/** A class, as each literal with getters is of a kind of its own to V8, which keeps all that those see for a while. */
class Compiled implements Compilation {
  readonly graph: Graph;
  readonly nodes: Compilation['nodes'];
  readonly problems: readonly GraphProblem[];
  readonly #name: string;
  readonly #skeleton: Skeleton;
  readonly #reports: readonly Report[];
  readonly #view: ViewedPlan | null;
  #plan: Plan | null = null;
  #fields: Compilation['fields'] | null = null;

  constructor(
    name: string,
    expansion: Expansion,
    skeleton: Skeleton,
    reports: readonly Report[],
    view: ViewedPlan | null,
    found: readonly GraphProblem[],
  ) {
    this.graph = expansion.graph;
    this.nodes = withInstances(expansion, new Placed(skeleton, withWhole(reports, skeleton, found)), found);
    this.problems = errorsFirst(found);
    this.#name = name;
    this.#skeleton = skeleton;
    this.#reports = reports;
    this.#view = view;
  }

  get plan(): Plan | null {
    return this.#view && (this.#plan ??= assemblePlan(this.#name, this.#view));
  }

  get fields(): Compilation['fields'] {
    return (this.#fields ??= fieldsOf(this.#skeleton, this.#reports));
  }
}

/** Reports of all places, and 1 for each of which the report has problems. */
interface Pass {
  readonly nodes: readonly GraphNode[];
  readonly strict: boolean;
  readonly reports: readonly Report[];
  readonly troubled: Uint8Array;
}

const passes = new WeakMap<Skeleton, Pass>();

/** A report for each place; where neither a node nor what it takes has changed since the last pass, the last one. */
function pass({ graph: { nodes }, toldOf, drawn }: Expansion, strict: boolean, skeleton: Skeleton): Pass {
  const { places, placeOf, ordered, sources, before } = skeleton;
  const last = passes.get(skeleton);
  const known = last?.strict === strict ? last : undefined;
  const reports: Report[] = known ? [...known.reports] : [];
  const troubled = known ? known.troubled.slice() : new Uint8Array(places.length);
  const changed = new Uint8Array(places.length);
  const placeNamed = (id: string) => places[placeOf.get(id) ?? -1];
  const around: Surroundings = {
    strict,
    hasSink: skeleton.hasSink,
    nodeOf: (id) => nodes[placeNamed(id)?.at ?? -1],
    definitionOf: (id) => placeNamed(id)?.definition,
    reports,
    reportOf: (id) => reports[placeOf.get(id) ?? -1],
    told: (id) => toldOf.get(id),
    wireId: (edge) => drawn.get(edgeId(edge)) ?? edgeId(edge),
  };
  const sourceChanged = (place: number) => {
    for (let i = before[place]!; i < before[place + 1]!; i += 1) {
      if (changed[sources[i]!]) return true;
    }
    return false;
  };
  const put = (place: number, report: Report) => {
    if (report === reports[place]) return;
    reports[place] = report;
    changed[place] = 1;
    troubled[place] = report.problems.length > 0 ? 1 : 0;
  };
  for (let place = 0; place < ordered; place += 1) {
    const { at } = places[place]!;
    const node = nodes[at]!;
    if (known && node === known.nodes[at] && !sourceChanged(place)) continue;
    put(place, reportNode(node, places[place]!, around));
  }
  if (ordered < places.length) cycleReports(nodes, skeleton, around).forEach((report, i) => put(ordered + i, report));
  const now = { nodes, strict, reports, troubled };
  passes.set(skeleton, now);
  return now;
}

/** The most layers of a cycle that a message names. */
const mostNamed = 12;

/** Reports of the nodes on or behind cycles: a wire is to be removed before anything is known of them. */
function cycleReports(nodes: readonly GraphNode[], skeleton: Skeleton, around: Surroundings): readonly Report[] {
  const cycle = cycleOf(skeleton);
  const onCycle = new Set(cycle);
  const nameOf = (id: string) => around.nodeOf(id)?.name ?? id;
  const named = cycle.length > mostNamed ? [...cycle.slice(0, mostNamed - 1).map(nameOf), '…'] : cycle.map(nameOf);
  const round = [...named, ...cycle.slice(0, 1).map(nameOf)].join(' → ');
  return skeleton.places.slice(skeleton.ordered).map((place) => {
    const node = nodes[place.at]!;
    const onIt = onCycle.has(node.id);
    const closing = onIt ? place.incoming.find((edge) => onCycle.has(edge.from.node)) : undefined;
    const message = onIt
      ? `${node.name} feeds itself: ${round}. Examples run through a network once; remove one of these wires.`
      : `${node.name} waits for a cycle before it.`;
    const found = {
      ...problem<GraphFix>('cycle', message),
      node: node.id,
      ...(closing && { fixes: [removing(around.wireId(closing), nameOf(closing.from.node))] }),
    };
    return kept(node, noReport(node, [found]), around.strict);
  });
}

const twinProblems = (graph: Graph, { twins }: Skeleton): readonly GraphProblem[] =>
  twins.map((at) => {
    const { id } = graph.nodes[at]!;
    return { ...problem<GraphFix>('id.twice', `Two layers have the id “${id}”; ids must differ.`), node: id };
  });

/** Documents without beginning or end. */
function wholeProblems(graph: Graph, { hasSource, hasSink }: Skeleton): readonly GraphProblem[] {
  const whole = (code: string, message: string): GraphProblem => ({ ...problem<GraphFix>(code, message), node: null });
  if (graph.nodes.length === 0) {
    return [whole('network.empty', 'The canvas is empty: add an Input, layers and an Output.')];
  }
  return [
    ...(hasSource ? [] : [whole('network.input', 'The network has no Input: nothing says which examples enter it.')]),
    ...(hasSink ? [] : [whole('network.output', 'The network has no Output: nothing says what it predicts.')]),
  ];
}

const looseProblems = ({ graph, drawn }: Expansion, { loose, places, placeOf }: Skeleton): readonly GraphProblem[] =>
  loose.map((edge) => {
    const id = drawn.get(edgeId(edge)) ?? edgeId(edge);
    const source = graph.nodes[places[placeOf.get(edge.from.node) ?? -1]?.at ?? -1]?.name ?? edge.from.node;
    return {
      ...problem<GraphFix>('wire.to', `A wire from ${source} ends at “${edge.to.node}”, which is not there.`),
      node: null,
      edge: id,
      fixes: [removing(id, source)],
    };
  });

function errorsFirst(found: readonly GraphProblem[]): readonly GraphProblem[] {
  const rank = (each: GraphProblem) => (each.severity === 'error' ? 0 : 1);
  return found.toSorted((a, b) => rank(a) - rank(b));
}

const joined = new WeakMap<Report, { readonly more: readonly GraphProblem[]; readonly report: Report }>();

/** Puts problems that the network as a whole found on a node into that node's report too. */
function withWhole(reports: readonly Report[], { placeOf }: Skeleton, all: readonly GraphProblem[]): readonly Report[] {
  const more = new Map<number, GraphProblem[]>();
  for (const each of all) {
    const place = each.node === null ? undefined : placeOf.get(each.node);
    if (place === undefined || reports[place]!.problems.includes(each)) continue;
    const list = more.get(place);
    if (list) list.push(each);
    else more.set(place, [each]);
  }
  if (more.size === 0) return reports;
  const result = [...reports];
  for (const [place, list] of more) {
    const report = reports[place]!;
    const known = joined.get(report);
    const same = known && alike(known.more, list) ? known : { more: list, report: report.withProblems([...report.problems, ...list]) };
    joined.set(report, same);
    result[place] = same.report;
  }
  return result;
}
