import { alike } from '@/core/alike';
import { problem } from '@/core/problem';
import { edgeId, type LoomDocument } from '@/graph/document';
import type { GraphFix, GraphProblem } from '@/graph/edits';
import { assemblePlan } from './assemble';
import type { Compilation, NodeReport } from './compilation';
import { fieldsOf } from './field';
import { fitProblems } from './fit';
import { Placed } from './placed';
import { kept, noReport, removing, reportNode, type Surroundings } from './report';
import { cycleOf, skeletonOf, type Skeleton } from './skeleton';

/** Document → shapes, costs, problems and, without errors, the plan. Pure; what did not change is not inferred again. */
export function compile(document: LoomDocument): Compilation {
  const skeleton = skeletonOf(document);
  const reports = reportsOf(document, skeleton);
  const found: GraphProblem[] = [...twinProblems(document, skeleton), ...wholeProblems(document, skeleton), ...looseProblems(document, skeleton)];
  for (const report of reports) {
    if (report.problems.length > 0) found.push(...report.problems);
  }
  const plan = found.some((each) => each.severity === 'error') ? null : assemblePlan(document, skeleton, reports);
  if (plan) found.push(...fitProblems(document, plan));
  let fields: Compilation['fields'] | null = null;
  return {
    plan,
    nodes: new Placed(skeleton, withWhole(reports, skeleton, found)),
    problems: errorsFirst(found),
    get fields() {
      return (fields ??= fieldsOf(skeleton, reports));
    },
  };
}

/** A report for each place of the skeleton. */
function reportsOf(document: LoomDocument, skeleton: Skeleton): readonly NodeReport[] {
  const { places, placeOf, ordered } = skeleton;
  const reports: NodeReport[] = [];
  const placeNamed = (id: string) => places[placeOf.get(id) ?? -1];
  const around: Surroundings = {
    strict: document.strict,
    hasSink: skeleton.hasSink,
    nodeOf: (id) => document.nodes[placeNamed(id)?.at ?? -1],
    definitionOf: (id) => placeNamed(id)?.definition,
    reports,
    reportOf: (id) => reports[placeOf.get(id) ?? -1],
  };
  for (let i = 0; i < ordered; i += 1) {
    const place = places[i]!;
    reports.push(reportNode(document.nodes[place.at]!, place, around));
  }
  if (ordered < places.length) reports.push(...cycleReports(document, skeleton, around));
  return reports;
}

/** The most layers of a cycle that a message names. */
const mostNamed = 12;

/** Reports of the nodes on or behind cycles: a wire is to be removed before anything is known of them. */
function cycleReports(document: LoomDocument, skeleton: Skeleton, around: Surroundings): readonly NodeReport[] {
  const cycle = cycleOf(skeleton);
  const onCycle = new Set(cycle);
  const nameOf = (id: string) => around.nodeOf(id)?.name ?? id;
  const named = cycle.length > mostNamed ? [...cycle.slice(0, mostNamed - 1).map(nameOf), '…'] : cycle.map(nameOf);
  const round = [...named, ...cycle.slice(0, 1).map(nameOf)].join(' → ');
  return skeleton.places.slice(skeleton.ordered).map((place) => {
    const node = document.nodes[place.at]!;
    const onIt = onCycle.has(node.id);
    const closing = onIt ? place.incoming.find((edge) => onCycle.has(edge.from.node)) : undefined;
    const message = onIt
      ? `${node.name} feeds itself: ${round}. Examples run through a network once; remove one of these wires.`
      : `${node.name} waits for a cycle before it.`;
    const found = {
      ...problem<GraphFix>('cycle', message),
      node: node.id,
      ...(closing && { fixes: [removing(closing, nameOf(closing.from.node))] }),
    };
    return kept(node, noReport(node, [found]), document.strict);
  });
}

const twinProblems = (document: LoomDocument, { twins }: Skeleton): readonly GraphProblem[] =>
  twins.map((at) => {
    const { id } = document.nodes[at]!;
    return { ...problem<GraphFix>('id.twice', `Two layers have the id “${id}”; ids must differ.`), node: id };
  });

/** Documents without beginning or end. */
function wholeProblems(document: LoomDocument, { hasSource, hasSink }: Skeleton): readonly GraphProblem[] {
  const whole = (code: string, message: string): GraphProblem => ({ ...problem<GraphFix>(code, message), node: null });
  if (document.nodes.length === 0) {
    return [whole('network.empty', 'The canvas is empty: add an Input, layers and an Output.')];
  }
  return [
    ...(hasSource ? [] : [whole('network.input', 'The network has no Input: nothing says which examples enter it.')]),
    ...(hasSink ? [] : [whole('network.output', 'The network has no Output: nothing says what it predicts.')]),
  ];
}

const looseProblems = (document: LoomDocument, { loose, places, placeOf }: Skeleton): readonly GraphProblem[] =>
  loose.map((edge) => {
    const source = document.nodes[places[placeOf.get(edge.from.node) ?? -1]?.at ?? -1]?.name ?? edge.from.node;
    return {
      ...problem<GraphFix>('wire.to', `A wire from ${source} ends at “${edge.to.node}”, which is not there.`),
      node: null,
      edge: edgeId(edge),
      fixes: [removing(edge, source)],
    };
  });

function errorsFirst(found: readonly GraphProblem[]): readonly GraphProblem[] {
  const rank = (each: GraphProblem) => (each.severity === 'error' ? 0 : 1);
  return found.toSorted((a, b) => rank(a) - rank(b));
}

const joined = new WeakMap<NodeReport, { readonly more: readonly GraphProblem[]; readonly report: NodeReport }>();

/** Puts problems that the network as a whole found on a node into that node's report too. */
function withWhole(reports: readonly NodeReport[], { placeOf }: Skeleton, all: readonly GraphProblem[]): readonly NodeReport[] {
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
    const same = known && alike(known.more, list) ? known : { more: list, report: { ...report, problems: [...report.problems, ...list] } };
    joined.set(report, same);
    result[place] = same.report;
  }
  return result;
}
