import type { Problem, Severity } from '@/core/problem';
import { problem, warning } from '@/core/problem';
import type { Shape } from '@/core/shape';
import type { LayerDefinition } from '@/layers/define';
import { layers } from '@/layers/registry';
import { edgeId, type Edge, type GraphNode, type LoomDocument } from '@/graph/document';
import type { GraphFix, GraphProblem } from '@/graph/edits';
import { outputNames } from '@/graph/ports';
import { edgesInto, findCycle, indexOf, leadingTo, topologicalOrder, type GraphIndex } from '@/graph/traverse';
import type { Compilation, NodeReport } from './compilation';
import { fitProblems } from './fit';
import { inferNode } from './infer';
import { assemblePlan } from './assemble';

/** A layer's own problem, placed on its node: its parameter fixes become edits; strict mode takes effect. */
function place(found: Problem, node: GraphNode, strict: boolean): GraphProblem {
  const { fixes, ...rest } = found;
  return {
    ...rest,
    severity: strict && found.strict ? 'error' : found.severity,
    node: node.id,
    ...(fixes && {
      fixes: fixes.map((fix) => ({
        title: fix.title,
        edits: [{ kind: 'setParams' as const, node: node.id, params: fix.params }],
      })),
    }),
  };
}

interface Wiring {
  /** The wire at each input port, in order; variadic ports closed up. */
  readonly wires: readonly (Edge | null)[];
  readonly problems: readonly GraphProblem[];
}

const removing = (edge: Edge, from: string): GraphFix => ({
  title: `Remove the wire from ${from}`,
  edits: [{ kind: 'disconnect', edges: [edgeId(edge)] }],
});

/** Which wire ends at which port of a node, and what is wrong with that. */
function readWiring(index: GraphIndex, node: GraphNode, definition: LayerDefinition): Wiring {
  const problems: GraphProblem[] = [];
  const nameOf = (id: string) => index.nodes.get(id)?.name ?? id;
  const { inputs } = definition;
  const byPort = new Map<number, Edge>();
  for (const edge of edgesInto(index, node.id)) {
    const source = index.nodes.get(edge.from.node);
    const on = { node: node.id, edge: edgeId(edge), fixes: [removing(edge, nameOf(edge.from.node))] };
    const outputs = source && layers.has(source.type) ? outputNames(source).length : undefined;
    if (!source) {
      problems.push({ ...problem('wire.from', `A wire into ${node.name} comes from “${edge.from.node}”, which is not there.`), ...on });
    } else if (outputs !== undefined && edge.from.port >= outputs) {
      problems.push({
        ...problem('wire.from', `A wire into ${node.name} comes from output ${edge.from.port + 1} of ${source.name}, which has ${outputs}.`),
        ...on,
      });
    } else if (inputs.kind === 'fixed' && edge.to.port >= inputs.names.length) {
      problems.push({
        ...problem('wire.port', `A wire from ${source.name} ends at input ${edge.to.port + 1} of ${node.name}, which has ${inputs.names.length}.`),
        ...on,
      });
    } else if (inputs.kind === 'variadic' && edge.to.port >= (inputs.max ?? Infinity)) {
      problems.push({
        ...problem('wire.port', `A wire from ${source.name} ends at input ${edge.to.port + 1} of ${node.name}, which takes at most ${inputs.max}.`),
        ...on,
      });
    } else if (byPort.has(edge.to.port)) {
      const first = nameOf(byPort.get(edge.to.port)!.from.node);
      const port = inputs.kind === 'fixed' && inputs.names.length > 1 ? ` “${inputs.names[edge.to.port]}”` : '';
      problems.push({
        ...problem('wire.twice', `Two wires end at the same input${port} of ${node.name}: from ${first} and from ${source.name}. An input takes one; join them with Add or Concatenate first.`, {
          expected: 'one wire',
          got: 'two',
        }),
        ...on,
        fixes: [removing(edge, source.name), removing(byPort.get(edge.to.port)!, first)],
      });
    } else {
      byPort.set(edge.to.port, edge);
    }
  }
  if (inputs.kind === 'fixed') return { wires: inputs.names.map((_, port) => byPort.get(port) ?? null), problems };
  const wires: (Edge | null)[] = [...byPort.values()];
  while (wires.length < inputs.min) wires.push(null);
  return { wires, problems };
}

function missingInput(node: GraphNode, definition: LayerDefinition, wires: readonly (Edge | null)[], severity: Severity): GraphProblem {
  const { inputs } = definition;
  const connected = wires.filter((wire) => wire !== null).length;
  const at = wires.indexOf(null);
  const message =
    inputs.kind === 'variadic'
      ? `${node.name} joins at least ${inputs.min} inputs; ${connected === 0 ? 'none is' : `only ${connected} is`} wired.`
      : wires.length > 1
        ? `Nothing is wired to input “${inputs.names[at] ?? at + 1}” of ${node.name}.`
        : `Nothing is wired to the input of ${node.name}.`;
  const say = severity === 'error' ? problem : warning;
  return {
    ...say<GraphFix>('input.missing', message, { expected: `${wires.length} wired`, got: `${connected}` }),
    node: node.id,
  };
}

const noReport = (node: GraphNode, problems: readonly GraphProblem[]): NodeReport => ({
  node: node.id,
  params: null,
  inputs: [],
  outputs: null,
  cost: null,
  problems,
});

function reportNode(
  node: GraphNode,
  index: GraphIndex,
  known: ReadonlyMap<string, NodeReport>,
  takesPart: boolean,
  strict: boolean,
): NodeReport {
  const definition = layers.get(node.type);
  if (!definition) {
    const message = `There is no layer “${node.type}” in this version of Layerloom.`;
    return noReport(node, [{ ...problem<GraphFix>('layer.unknown', message), node: node.id }]);
  }
  const { wires, problems } = readWiring(index, node, definition);
  const inputs = wires.map((wire) => (wire && known.get(wire.from.node)?.outputs?.[wire.from.port]) ?? null);
  if (wires.includes(null)) {
    const missing = missingInput(node, definition, wires, takesPart ? 'error' : 'warning');
    return { ...noReport(node, [...problems, missing]), inputs };
  }
  const shapes = inputs.filter((shape): shape is Shape => shape !== null);
  // An input without a shape has its reason on the node where it arises; it isn't repeated all the way down.
  if (shapes.length < inputs.length) return { ...noReport(node, problems), inputs };
  const { params, outputs, cost, problems: own } = inferNode(definition, node, shapes);
  return {
    node: node.id,
    params,
    inputs,
    outputs,
    cost,
    problems: [...problems, ...own.map((found) => place(found, node, strict))],
  };
}

/** Layers that lead nowhere and documents without beginning or end. */
function wholeProblems(document: LoomDocument, takesPart: ReadonlySet<string>): readonly GraphProblem[] {
  const roleOf = (node: GraphNode) => layers.get(node.type)?.role;
  const found: GraphProblem[] = [];
  if (document.nodes.length === 0) {
    return [{ ...problem<GraphFix>('network.empty', 'The canvas is empty: add an Input, layers and an Output.'), node: null }];
  }
  if (!document.nodes.some((node) => roleOf(node) === 'source')) {
    found.push({ ...problem<GraphFix>('network.input', 'The network has no Input: nothing says which examples enter it.'), node: null });
  }
  if (!document.nodes.some((node) => roleOf(node) === 'sink')) {
    found.push({ ...problem<GraphFix>('network.output', 'The network has no Output: nothing says what it predicts.'), node: null });
    return found;
  }
  for (const node of document.nodes) {
    if (!takesPart.has(node.id)) {
      found.push({
        ...warning<GraphFix>('layer.unused', `${node.name} leads to no Output, so it takes no part.`),
        node: node.id,
      });
    }
  }
  return found;
}

function duplicateIds(document: LoomDocument): readonly GraphProblem[] {
  const seen = new Set<string>();
  return document.nodes.flatMap((node) => {
    if (!seen.has(node.id)) {
      seen.add(node.id);
      return [];
    }
    return [{ ...problem<GraphFix>('id.twice', `Two layers have the id “${node.id}”; ids must differ.`), node: node.id }];
  });
}

/** Document → shapes, costs, problems and, without errors, the plan. Pure; what did not change is not inferred again. */
export function compile(document: LoomDocument): Compilation {
  const index = indexOf(document);
  const { order, left } = topologicalOrder(index);
  const sinks = document.nodes.filter((node) => layers.get(node.type)?.role === 'sink').map((node) => node.id);
  const takesPart = leadingTo(index, sinks);
  const reports = new Map<string, NodeReport>();
  for (const node of order) {
    reports.set(node.id, reportNode(node, index, reports, takesPart.has(node.id), document.strict));
  }
  const cycle = left.length > 0 ? findCycle(index, left) : [];
  const names = cycle.map((id) => index.nodes.get(id)?.name ?? id);
  for (const node of left) {
    const onIt = cycle.includes(node.id);
    const closing = onIt ? edgesInto(index, node.id).find((edge) => cycle.includes(edge.from.node)) : undefined;
    const message = onIt
      ? `${node.name} feeds itself: ${[...names, names[0]].join(' → ')}. Examples run through a network once; remove one of these wires.`
      : `${node.name} waits for a cycle before it.`;
    reports.set(
      node.id,
      noReport(node, [
        {
          ...problem<GraphFix>('cycle', message),
          node: node.id,
          ...(closing && { fixes: [removing(closing, index.nodes.get(closing.from.node)?.name ?? '')] }),
        },
      ]),
    );
  }
  const found: GraphProblem[] = [
    ...duplicateIds(document),
    ...wholeProblems(document, takesPart),
    ...document.edges
      .filter((edge) => !index.nodes.has(edge.to.node))
      .map((edge) => ({
        ...problem<GraphFix>('wire.to', `A wire from ${index.nodes.get(edge.from.node)?.name ?? edge.from.node} ends at “${edge.to.node}”, which is not there.`),
        node: null,
        edge: edgeId(edge),
        fixes: [removing(edge, index.nodes.get(edge.from.node)?.name ?? edge.from.node)],
      })),
    ...[...order, ...left].flatMap((node) => reports.get(node.id)?.problems ?? []),
  ];
  const faulty = found.some((each) => each.severity === 'error');
  const plan = faulty ? null : assemblePlan(document, index, order, takesPart, reports);
  const all = plan ? [...found, ...fitProblems(document, plan)] : found;
  const rank = (each: GraphProblem) => (each.severity === 'error' ? 0 : 1);
  return { plan, nodes: withFit(reports, all), problems: all.toSorted((a, b) => rank(a) - rank(b)) };
}

/** Puts problems that the network as a whole found on a node into that node's report too. */
function withFit(reports: ReadonlyMap<string, NodeReport>, all: readonly GraphProblem[]): ReadonlyMap<string, NodeReport> {
  const result = new Map(reports);
  for (const each of all) {
    const report = each.node === null ? undefined : result.get(each.node);
    if (report && !report.problems.includes(each)) {
      result.set(report.node, { ...report, problems: [...report.problems, each] });
    }
  }
  return result;
}
