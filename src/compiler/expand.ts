import { evaluate, holdsExpression, resolved, type Names } from '@/core/expression';
import { problem, type Problem } from '@/core/problem';
import { blockOf, isBlock, mostRepetitions, portsOf, portTypes, readUse, type BlockPorts, type BlockUse } from '@/graph/blocks';
import { edgeId, type Block, type Edge, type Graph, type GraphNode, type LoomDocument, type Port } from '@/graph/document';
import type { GraphFix, GraphProblem } from '@/graph/edits';
import { defaultValues, valueProblem } from '@/graph/parameter';

/** A node that stands for a block, as it stands in the network that is computed. */
export interface Instance {
  readonly path: string;
  readonly node: GraphNode;
  readonly block: Block;
  /** Before the ids of nodes inside, one for each repetition: `stage2/0/`. */
  readonly prefixes: readonly string[];
  /** What each repetition's expressions may name. */
  readonly names: readonly Names[];
  /** Paths of its port nodes: inputs of the first repetition, outputs of the last. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Its nodes are those of the flat graph from `begin` on, up to `end`. */
  readonly begin: number;
  readonly end: number;
}

/** A document drawn flat: the ids of nodes are paths. */
export interface Expansion {
  readonly graph: Graph;
  /** By path, in the order drawn, those inside others after them. */
  readonly instances: ReadonlyMap<string, Instance>;
  readonly problems: readonly GraphProblem[];
  /** Those of them that keep a node of the flat graph from being what it says, by its path. */
  readonly toldOf: ReadonlyMap<string, readonly GraphProblem[]>;
  /** Ids of wires as drawn, `path.port>path.port`, by those of flat ones that a block's border has changed. */
  readonly drawn: ReadonlyMap<string, string>;
}

const skipped = { type: 'skipped', params: {} } as const;

/** Most nodes of a network with its blocks drawn out. */
const mostNodes = 100_000;

const none: ReadonlyMap<string, never> = new Map<string, never>();
const expansions = new WeakMap<readonly Edge[], Graph>();

/** Draws a document flat. Pure; what an edit did not reach stays the same objects. */
export function expand(document: LoomDocument): Expansion {
  const { nodes, edges, blocks } = document;
  // Without a block there is nothing that expressions could name; looking for them would cost each edit of a large one.
  const named = Object.keys(blocks).length > 0;
  if (!nodes.some((node) => isBlock(node) || node.when !== undefined || (named && holdsExpression(node.params)))) {
    return { graph: document, instances: none, problems: [], toldOf: none, drawn: none };
  }
  const expander = new Expander(document);
  expander.walk(document, { prefix: '', shown: '', names: {}, within: [] });
  const graph = settled(expansions.get(edges), expander);
  expansions.set(edges, graph);
  const { instances, problems, toldOf, drawn } = expander;
  return { graph, instances, problems, toldOf, drawn };
}

/** The last lists where they say the same, so that what hangs on their identity is kept. */
function settled(last: Graph | undefined, { nodes, edges }: Graph): Graph {
  const same = <T>(a: readonly T[] | undefined, b: readonly T[]) =>
    a !== undefined && a.length === b.length && a.every((each, i) => each === b[i]) ? a : b;
  return { nodes: same(last?.nodes, nodes), edges: same(last?.edges, edges) };
}

/** Where the expansion is. */
interface Scope {
  readonly prefix: string;
  /** The prefix in names instead of ids, for messages. */
  readonly shown: string;
  readonly names: Names;
  /** Ids of the blocks around, outermost first. */
  readonly within: readonly string[];
}

interface Drawn {
  readonly source: GraphNode;
  /** What the parameters were worked out with. */
  readonly key: string;
  readonly node: GraphNode;
}
// Kept with what they come from, so that they go with it.
const drawnNodes = new WeakMap<GraphNode, Map<string, Drawn>>();
const drawnEdges = new WeakMap<GraphNode | Edge, Map<string, Edge>>();

/** The value under a key of an inner map; made where it is not there. */
function keptIn<K extends object, V>(store: WeakMap<K, Map<string, V>>, owner: K, key: string, make: () => V, fits: (known: V) => boolean): V {
  const map = store.get(owner) ?? new Map<string, V>();
  store.set(owner, map);
  const known = map.get(key);
  if (known !== undefined && fits(known)) return known;
  const fresh = make();
  map.set(key, fresh);
  return fresh;
}

class Expander implements Graph {
  readonly nodes: GraphNode[] = [];
  readonly edges: Edge[] = [];
  readonly instances = new Map<string, Instance>();
  readonly problems: GraphProblem[] = [];
  readonly toldOf = new Map<string, readonly GraphProblem[]>();
  readonly drawn = new Map<string, string>();
  readonly #skipped = new Set<string>();
  readonly #document: LoomDocument;

  constructor(document: LoomDocument) {
    this.#document = document;
  }

  walk(graph: Graph, scope: Scope): void {
    for (const node of graph.nodes) this.#node(node, scope);
    for (const edge of graph.edges) this.#edge(edge, scope);
  }

  #refuse(node: GraphNode, path: string, found: Problem<GraphFix>): void {
    const told = { ...found, node: path };
    this.problems.push(told);
    this.toldOf.set(path, [told]);
    // Its place is kept, as a node of which nothing is known.
    this.#put(node, path, path, node, found.message);
  }

  #put(source: GraphNode, path: string, name: string, { type, params }: Pick<GraphNode, 'type' | 'params'>, key: string): void {
    const make = (): Drawn => {
      const { when: _, ...rest } = source;
      return { source, key, node: { ...rest, id: path, name, type, params } };
    };
    const drawn = keptIn(drawnNodes, source, path, make, (known) => known.key === key && known.node.name === name && known.node.type === type);
    this.nodes.push(drawn.node);
  }

  #node(node: GraphNode, scope: Scope): void {
    const path = scope.prefix + node.id;
    const name = scope.shown + node.name;
    if (node.when !== undefined) {
      const there = evaluate(node.when, scope.names);
      if (!there.ok || typeof there.value !== 'boolean') {
        const why = there.ok ? `it comes to ${there.value}, not to yes or no` : there.error;
        const fixes: readonly GraphFix[] = [{ title: 'Always there', edits: [{ kind: 'setWhen', node: path, when: null }] }];
        const message = `${name} is there only if “${node.when}”, which can’t be worked out: ${why}.`;
        return this.#refuse(node, path, problem('block.when', message, { got: node.when, fixes }));
      }
      if (!there.value) {
        this.#skipped.add(path);
        return this.#put(node, path, name, skipped, 'skipped');
      }
    }
    if (isBlock(node)) return this.#instance(node, path, name, scope);
    if (!holdsExpression(node.params)) return this.#put(node, path, name, node, '');
    const params = resolved(node.params, scope.names);
    if (!params.ok) return this.#refuse(node, path, { ...problem<GraphFix>(params.error.code, `${name}: ${params.error.message}`), got: params.error.got ?? '' });
    this.#put(node, path, name, { type: node.type, params: params.value as GraphNode['params'] }, JSON.stringify(scope.names));
  }

  #instance(node: GraphNode, path: string, name: string, scope: Scope): void {
    const use = readUse(node);
    const block = blockOf(this.#document, node);
    if (!use || !block) {
      const got = use?.block ?? JSON.stringify(node.params.block ?? null);
      return this.#refuse(node, path, problem('block.unknown', `${name} stands for the block “${got}”, which this document does not have.`, { got }));
    }
    if (scope.within.includes(use.block)) {
      const round = [...scope.within.slice(scope.within.indexOf(use.block)), use.block];
      const titles = round.map((id) => this.#document.blocks[id]?.name ?? id).join(' → ');
      return this.#refuse(node, path, problem('block.cycle', `A block can’t hold itself: ${titles}. Take ${name} out of it.`, {
        fixes: [{ title: `Remove ${name}`, edits: [{ kind: 'removeNodes', ids: [path] }] }],
      }));
    }
    const count = repetitions(use, scope.names);
    if (typeof count !== 'number') return this.#refuse(node, path, named(name, count));
    const ports = portsOf(block);
    const steps: Names[] = [];
    for (let i = 0; i < count; i += 1) {
      const found = namesOf(block, use, scope.names, i, count);
      if (!found.ok) return this.#refuse(node, path, named(name, found.problem));
      steps.push(found.names);
    }
    if (this.nodes.length + count * block.nodes.length > mostNodes) {
      return this.#refuse(node, path, problem('block.size', `${name} would make more than ${mostNodes.toLocaleString('en')} layers of this network.`));
    }
    const repeated = use.repeat !== undefined;
    const prefixes = steps.map((_, i) => (repeated ? `${path}/${i}/` : `${path}/`));
    const pathsOf = (prefix: string | undefined, all: readonly GraphNode[]) => all.map(({ id }) => `${prefix ?? ''}${id}`);
    const instance: Instance & { end: number } = {
      path,
      node,
      block,
      prefixes,
      names: steps,
      inputs: pathsOf(prefixes[0], ports.inputs),
      outputs: pathsOf(prefixes.at(-1), ports.outputs),
      begin: this.nodes.length,
      end: this.nodes.length,
    };
    this.instances.set(path, instance);
    steps.forEach((names, i) => {
      const shown = repeated ? `${name}/${i}/` : `${name}/`;
      this.walk(block, { prefix: prefixes[i]!, shown, names, within: [...scope.within, use.block] });
      if (i > 0) this.#chain(node, prefixes[i - 1]!, prefixes[i]!, ports);
    });
    instance.end = this.nodes.length;
  }

  /** Outputs of one repetition are the inputs of the next, in their order. */
  #chain(node: GraphNode, before: string, after: string, { inputs, outputs }: BlockPorts): void {
    outputs.slice(0, inputs.length).forEach((output, port) => {
      this.#wire(node, { node: before + output.id, port: 0 }, { node: after + inputs[port]!.id, port: 0 });
    });
  }

  #wire(owner: GraphNode | Edge, from: Port, to: Port): void {
    const edge = { from, to };
    this.edges.push(keptIn(drawnEdges, owner, edgeId(edge), () => edge, () => true));
  }

  #edge(edge: Edge, scope: Scope): void {
    const placed: Edge = {
      from: { ...edge.from, node: scope.prefix + edge.from.node },
      to: { ...edge.to, node: scope.prefix + edge.to.node },
    };
    const id = edgeId(placed);
    // What is skipped hands its first input on.
    if (this.#skipped.has(placed.to.node) && placed.to.port > 0) return;
    const from = this.#leaving(placed.from);
    const entries = this.#entering(placed.to);
    if (!from || entries.length === 0) return this.#portMissing(placed, id, from === null);
    for (const to of entries) {
      this.#wire(edge, from, to);
      const flat = edgeId({ from, to });
      if (flat !== id) this.drawn.set(flat, id);
    }
  }

  /** A wire at a port that the block at its beginning, or its end, does not have. */
  #portMissing({ from, to }: Edge, id: string, atBeginning: boolean): void {
    const { node, port } = atBeginning ? from : to;
    const { inputs = [], outputs = [], node: { name = node } = {} } = this.instances.get(node) ?? {};
    const [does, side, has] = atBeginning ? ['begins at output', 'outputs', outputs] : ['ends at input', 'inputs', inputs];
    const count = has.length === 0 ? `no ${side}` : `${has.length}`;
    this.problems.push({
      ...problem<GraphFix>('wire.port', `A wire ${does} ${port + 1} of ${name}, which has ${count}.`),
      node,
      edge: id,
      fixes: [{ title: 'Remove the wire', edits: [{ kind: 'disconnect', edges: [id] }] }],
    });
  }

  /** The flat port from which a wire that is drawn from a port leaves. */
  #leaving(port: Port): Port | null {
    const instance = this.instances.get(port.node);
    if (!instance) return port;
    const output = instance.outputs[port.port];
    return output === undefined ? null : { node: output, port: 0 };
  }

  /** The flat ports that a wire to a port enters: where no output feeds an input again, that of every repetition. */
  #entering(port: Port): readonly Port[] {
    const instance = this.instances.get(port.node);
    if (!instance) return [port];
    const ports = portsOf(instance.block);
    const input = ports.inputs[port.port];
    if (!input) return [];
    const prefixes = port.port < ports.outputs.length ? instance.prefixes.slice(0, 1) : instance.prefixes;
    return prefixes.map((prefix) => ({ node: prefix + input.id, port: 0 }));
  }
}

const named = (name: string, found: Problem<GraphFix>): Problem<GraphFix> => ({ ...found, message: `${name}: ${found.message}` });

function repetitions({ repeat = 1 }: BlockUse, names: Names): number | Problem<GraphFix> {
  const found = resolved(repeat, names);
  if (!found.ok) return problem(found.error.code, found.error.message);
  const count = found.value;
  return typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= mostRepetitions
    ? count
    : problem('block.repeat', `it is repeated ${String(count)} times; a whole number from 1 to ${mostRepetitions} is needed.`, { got: String(count) });
}

type Found = { readonly ok: true; readonly names: Names } | { readonly ok: false; readonly problem: Problem<GraphFix> };

/** What the expressions of one repetition may name: the block's parameters, `i` and `n`. */
function namesOf(block: Block, use: BlockUse, around: Names, i: number, n: number): Found {
  const given = i === 0 ? { ...use.values, ...use.first } : use.values;
  const params = new Map(block.params.map((param) => [param.name, param]));
  // A use that is not repeated has no repetition of its own to speak of.
  const outer = use.repeat === undefined ? around : { ...around, i, n };
  const values: Record<string, Names[string]> = {};
  for (const [name, raw] of Object.entries(given)) {
    const param = params.get(name);
    if (!param) {
      const known = [...params.keys()].join(', ');
      return { ok: false, problem: problem('block.parameter', `the block ${block.name} has no parameter “${name}”${known ? `; it has ${known}` : ''}.`, { got: name }) };
    }
    const value = resolved(raw, outer);
    if (!value.ok) return { ok: false, problem: problem(value.error.code, `${param.label ?? name}: ${value.error.message}`) };
    const expected = valueProblem(param, value.value);
    if (expected !== null) {
      const got = String(value.value);
      return { ok: false, problem: problem('block.value', `${param.label ?? name} is ${got}; ${expected} is needed.`, { expected, got }) };
    }
    values[name] = value.value as Names[string];
  }
  return { ok: true, names: { ...defaultValues(block.params), ...values, i, n } };
}

/** Whether a flat node is a block's port: the type says so. */
export const isPort = ({ type }: Pick<GraphNode, 'type'>): boolean => type === portTypes.input || type === portTypes.output;
