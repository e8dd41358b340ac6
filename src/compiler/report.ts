import { alike } from '@/core/alike';
import { defaults } from '@/core/params';
import { problem, warning, type Problem, type Severity } from '@/core/problem';
import { sameShape, type Shape } from '@/core/shape';
import type { LayerDefinition } from '@/layers/define';
import type { Edge, GraphNode } from '@/graph/document';
import type { GraphFix, GraphProblem } from '@/graph/edits';
import { inferNode, paramsOf } from './infer';
import { Report } from './nodeReport';
import type { Place, Source } from './skeleton';

/** The network around a node, as far as it is known when its turn comes. */
export interface Surroundings {
  readonly strict: boolean;
  /** Whether there is an Output at all, so that a layer can fail to lead to one. */
  readonly hasSink: boolean;
  readonly nodeOf: (id: string) => GraphNode | undefined;
  readonly definitionOf: (id: string) => LayerDefinition | undefined;
  /** By place in the skeleton; all sources of the node are in it. */
  readonly reports: readonly Report[];
  readonly reportOf: (id: string) => Report | undefined;
  /** What drawing the blocks out has found wrong with a node. */
  readonly told: (id: string) => readonly GraphProblem[] | undefined;
  /** A wire's id as the user has drawn it. */
  readonly wireId: (edge: Edge) => string;
}

/** The last report of a node object; `sound`: made of its parameters and input shapes alone. */
interface Entry {
  strict: boolean;
  sound: boolean;
  report: Report;
}

// Entries are changed in place: garbage collection gets slow where weak maps are written thousands of times an edit.
const memo = new WeakMap<GraphNode, Entry>();

function remember(node: GraphNode, report: Report, strict: boolean, sound: boolean): Report {
  const entry = memo.get(node);
  if (entry) Object.assign(entry, { strict, sound, report });
  else memo.set(node, { strict, sound, report });
  return report;
}

/** Keeps the node's last report where a new one says the same, so that what did not change stays the same object. */
export function kept(node: GraphNode, report: Report, strict: boolean): Report {
  const known = memo.get(node);
  const same = known && known.strict === strict && !known.sound && alike(known.report, report);
  return same ? known.report : remember(node, report, strict, false);
}

/** What a node comes to where it stands. A node with the same input shapes as before is not inferred again. */
export function reportNode(node: GraphNode, place: Place, around: Surroundings): Report {
  const { definition, sources } = place;
  const odd = !definition || !sources || (around.hasSink && !place.takesPart) || around.told(node.id) !== undefined;
  if (odd) return kept(node, anyReport(node, place, around), around.strict);
  const known = memo.get(node);
  if (known?.sound && known.strict === around.strict && fed(known.report, sources, around.reports)) return known.report;
  const inputs = sources.map(({ place: from, port }) => around.reports[from]!.outputs?.[port]);
  if (!allKnown(inputs)) return kept(node, anyReport(node, place, around), around.strict);
  return remember(node, soundReport(definition, node, inputs, around.strict), around.strict, true);
}

const allKnown = (shapes: readonly (Shape | undefined)[]): shapes is readonly Shape[] => !shapes.includes(undefined);

/** Whether a report's input shapes are still those of its sources. */
function fed({ inputs }: Report, sources: readonly Source[], reports: readonly Report[]): boolean {
  if (inputs.length !== sources.length) return false;
  for (let i = 0; i < inputs.length; i += 1) {
    const { place, port } = sources[i]!;
    const now = reports[place]!.outputs?.[port];
    const before = inputs[i];
    if (now !== before && !(now && before && sameShape(now, before))) return false;
  }
  return true;
}

const none: readonly GraphProblem[] = [];

function soundReport(definition: LayerDefinition, node: GraphNode, inputs: readonly Shape[], strict: boolean): Report {
  const { params, outputs, problems } = inferNode(definition, node, inputs);
  const found = problems.length === 0 ? none : problems.map((each) => placed(each, node, strict));
  return new Report(node.id, params, inputs, outputs, found, definition);
}

/** A layer's own problem, placed on its node: its parameter fixes become edits; strict mode takes effect. */
function placed(found: Problem, node: GraphNode, strict: boolean): GraphProblem {
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

/** Of a node of which nothing is known but what is wrong with it, and what comes in. */
export const noReport = (node: GraphNode, problems: readonly GraphProblem[], inputs: readonly (Shape | null)[] = []): Report =>
  new Report(node.id, null, inputs, null, problems, null);

/** A report whatever the wiring is like. */
function anyReport(node: GraphNode, place: Place, around: Surroundings): Report {
  const { definition } = place;
  const unused =
    around.hasSink && !place.takesPart && definition?.role !== 'passage'
      ? [{ ...warning<GraphFix>('layer.unused', `${node.name} leads to no Output, so it takes no part.`), node: node.id }]
      : [];
  const told = around.told(node.id);
  if (told) return noReport(node, [...told, ...unused]);
  if (!definition) {
    const message = `There is no layer “${node.type}” in this version of Layerloom.`;
    return noReport(node, [{ ...problem<GraphFix>('layer.unknown', message), node: node.id }, ...unused]);
  }
  const { wires, problems } = readWiring(node, place.incoming, definition, around);
  const inputs = wires.map((wire) => (wire && around.reportOf(wire.from.node)?.outputs?.[wire.from.port]) ?? null);
  if (wires.includes(null)) {
    const missing = missingInput(node, definition, wires, place.takesPart ? 'error' : 'warning');
    return noReport(node, [...problems, missing, ...unused], inputs);
  }
  const shapes = inputs.filter((shape): shape is Shape => shape !== null);
  // An input without a shape has its reason on the node where it arises; it isn't repeated all the way down.
  if (shapes.length < inputs.length) return noReport(node, [...problems, ...unused], inputs);
  const report = soundReport(definition, node, shapes, around.strict);
  return report.withProblems([...problems, ...report.problems, ...unused]);
}

interface Wiring {
  /** The wire at each input port, in order; variadic ports closed up. */
  readonly wires: readonly (Edge | null)[];
  readonly problems: readonly GraphProblem[];
}

/** The way out of a wire that should not be. */
export const removing = (wire: string, from: string): GraphFix => ({
  title: `Remove the wire from ${from}`,
  edits: [{ kind: 'disconnect', edges: [wire] }],
});

/** How many outputs a node has; one of unreadable parameters has those of its defaults. */
const outputsOf = (definition: LayerDefinition, node: GraphNode): number =>
  definition.outputs(paramsOf(definition, node).params ?? defaults(definition.params)).length;

/** Which wire ends at which port of a node, and what is wrong with that. */
function readWiring(node: GraphNode, incoming: readonly Edge[], definition: LayerDefinition, around: Surroundings): Wiring {
  const problems: GraphProblem[] = [];
  const nameOf = (id: string) => around.nodeOf(id)?.name ?? id;
  const { inputs } = definition;
  const byPort = new Map<number, Edge>();
  for (const edge of incoming) {
    const source = around.nodeOf(edge.from.node);
    const sourceDefinition = around.definitionOf(edge.from.node);
    const on = { node: node.id, edge: around.wireId(edge), fixes: [removing(around.wireId(edge), nameOf(edge.from.node))] };
    const outputs = source && sourceDefinition && edge.from.port > 0 ? outputsOf(sourceDefinition, source) : undefined;
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
        fixes: [removing(around.wireId(edge), source.name), removing(around.wireId(byPort.get(edge.to.port)!), first)],
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
        : definition.role === 'passage'
          ? `Nothing is wired to ${node.name}.`
          : `Nothing is wired to the input of ${node.name}.`;
  const say = severity === 'error' ? problem : warning;
  return {
    ...say<GraphFix>('input.missing', message, { expected: `${wires.length} wired`, got: `${connected}` }),
    node: node.id,
  };
}
