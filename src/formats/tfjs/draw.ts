import { parseParams, type AnyParams } from '@/core/params';
import { problem, type Problem } from '@/core/problem';
import { err, ok, type Result } from '@/core/result';
import { emptyDocument, type Edge, type GraphNode, type LoomDocument } from '@/graph/document';
import { stockClass, stockReaders } from '@/layers/own';
import { layers } from '@/layers/registry';
import { parseInitializer } from '@/recipe/initializer';
import { foldHelpers, type DrawnLayer } from './fold';
import type { StockTensor } from '@/compiler/lower';
import type { StockGraph, StockNode } from './topology';

export interface Drawing {
  readonly document: LoomDocument;
  /** Name of the stock layer that holds a node's weights, by node id. */
  readonly stockOf: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

const readers = stockReaders(layers.values());

const refuse = (code: string, message: string) => err(problem(`tfjs.${code}`, message));
const told = (names: readonly string[]) =>
  names.length > 12 ? `${names.slice(0, 12).join(', ')} and ${names.length - 12} more` : names.join(', ');

function unknownLayers(unknown: readonly StockNode[], file: string): Result<never, Problem> {
  const names = unknown.map(({ className, config, name }) => `${stockClass(className, config)} (${name})`);
  const many = unknown.length === 1 ? '1 layer is' : `${unknown.length} layers are`;
  return refuse('unknown', `${file} can’t be drawn: ${many} unknown here: ${told(names)}; nothing was changed.`);
}

/** Reads each stock layer by the definition that declares its class. */
function readLayers(graph: StockGraph, file: string): Result<readonly DrawnLayer[], Problem> {
  const unknown = graph.nodes.filter(({ className, config }) => !readers.has(stockClass(className, config)));
  if (unknown.length > 0) return unknownLayers(unknown, file);
  const drawn: DrawnLayer[] = [];
  const refusals: string[] = [];
  for (const { name, className, config, from } of graph.nodes) {
    const { definition, read: readConfig } = readers.get(stockClass(className, config))!;
    const read = readConfig(config);
    const params = read.ok ? parseParams(definition.params, read.value) : null;
    if (!read.ok) refusals.push(`${className} (${name}): ${read.error}`);
    else if (params?.ok) drawn.push({ stock: name, definition, params: params.value, from });
    else refusals.push(`${className} (${name}): ${params?.error[0]?.message ?? 'its parameters can’t be read'}`);
  }
  if (refusals.length === 0) return ok(drawn);
  const list = refusals.slice(0, 6).join('; ') + (refusals.length > 6 ? `; and ${refusals.length - 6} more` : '');
  return refuse('config', `${file} can’t be drawn: ${list.replace(/\.$/, '')}; nothing was changed.`);
}

/** What training would need and can't be drawn; the network computes the same without it. */
function leftOut(
  graph: StockGraph,
  drawn: readonly DrawnLayer[],
): { readonly drawn: readonly DrawnLayer[]; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const strange = new Set<string>();
  const withKnown = drawn.map((layer): DrawnLayer => {
    const initial: Record<string, unknown> = {};
    for (const [name, param] of Object.entries(layer.definition.params)) {
      if (param.kind !== 'initializer') continue;
      const value = layer.params[name];
      const read = parseInitializer(value);
      if (!read.ok) strange.add(typeof value === 'string' ? value : JSON.stringify(value));
      initial[name] = read.ok ? read.value.value : param.default;
    }
    const params: AnyParams = { ...layer.params, ...initial };
    return { ...layer, params };
  });
  if (strange.size > 0) {
    notes.push(
      `Initialisers that can’t be drawn here (${told([...strange])}) were replaced; that matters only where ` +
        `training begins anew.`,
    );
  }
  const held = graph.nodes.filter(({ config }) =>
    Object.entries(config).some(
      ([key, value]) => /(Regularizer|Constraint)$/.test(key) && value !== null && value !== undefined,
    ),
  );
  if (held.length > 0) {
    notes.push(
      `Regularisers and constraints of ${told(held.map(({ name }) => name))} were left out; the recipe has ` +
        `weight decay.`,
    );
  }
  return { drawn: withKnown, notes };
}

/** Ids as documents allow them, unlike each other. */
function idGiver(): (wish: string) => string {
  const taken = new Set<string>();
  return (wish) => {
    const letters = wish.normalize('NFKD').replace(/[^\w-]+/g, '_');
    const safe = letters.replace(/^[^A-Za-z]+/, '').slice(0, 56) || 'layer';
    let id = safe;
    for (let n = 2; taken.has(id); n += 1) id = `${safe}_${n}`;
    taken.add(id);
    return id;
  };
}

/**
 * A network of the layers format as a document: a node for each layer, an Output for each output. Nodes stand at 0, 0.
 * Problems: `tfjs.unknown`, naming every layer that no definition reads; `tfjs.config`, naming every one that says
 * what can't be drawn.
 */
export function drawTopology(graph: StockGraph, file: string): Result<Drawing, Problem> {
  const read = readLayers(graph, file);
  if (!read.ok) return read;
  const { drawn: known, notes } = leftOut(graph, read.value);
  const { layers: drawn, outputs } = foldHelpers(known, graph.outputs);
  const giveId = idGiver();
  const ids = new Map(drawn.map(({ stock }) => [stock, giveId(stock)]));
  const idOf = (stock: string) => ids.get(stock) ?? stock;
  const position = { x: 0, y: 0 };
  const nodes: GraphNode[] = drawn.map(({ stock, definition, params }) => ({
    id: idOf(stock),
    type: definition.type,
    version: definition.version,
    name: stock.slice(0, 64),
    params: { ...params },
    position,
  }));
  const wire = (from: StockTensor, to: string, port: number): Edge => ({
    from: { node: idOf(from.layer), port: from.index },
    to: { node: to, port },
  });
  const edges = drawn.flatMap(({ stock, from }) => from.map((source, port) => wire(source, idOf(stock), port)));
  const sink = [...layers.values()].find(({ role }) => role === 'sink');
  for (const output of sink ? outputs : []) {
    const id = giveId('output');
    nodes.push({ id, type: sink!.type, version: sink!.version, name: id, params: {}, position });
    edges.push(wire(output, id, 0));
  }
  return ok({
    document: { ...emptyDocument(graph.name.slice(0, 200)), dataset: null, nodes, edges },
    stockOf: new Map(drawn.map(({ stock }) => [idOf(stock), stock])),
    notes,
  });
}
