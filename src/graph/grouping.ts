import { evaluate, expressionsIn, mapExpressions, namesIn, textOf, withTexts, type Expression, type Value } from '@/core/expression';
import { err, ok, type Result } from '@/core/result';
import { blockOf, blockType, isBlock, portsOf, portTypes, readUse } from './blocks';
import { edgeId, samePort, type Block, type Edge, type Graph, type GraphNode, type LoomDocument, type Port, type Position } from './document';
import type { Edit } from './edits';
import { freshName, rowHeight } from './factory';
import type { BlockParameter } from './parameter';
import { locate, localised } from './paths';
import { edgesInto, indexOf, leadingTo } from './traverse';

/** What a change comes to: its edits, and the paths of what it puts in. */
export interface Regrouping {
  readonly edits: readonly Edit[];
  readonly paths: readonly string[];
}

/** An id that a table of blocks has not: `bottleneck`, `bottleneck2`, … */
export function freshBlockId({ blocks }: Pick<LoomDocument, 'blocks'>, name: string): string {
  const base = name.normalize('NFKD').replace(/[^\w-]+/g, '').replace(/^[^A-Za-z]+/, '').slice(0, 48) || 'block';
  const stem = base.charAt(0).toLowerCase() + base.slice(1);
  if (!Object.hasOwn(blocks, stem)) return stem;
  for (let n = 2; ; n += 1) if (!Object.hasOwn(blocks, `${stem}${n}`)) return `${stem}${n}`;
}

const distinct = (ports: readonly Port[]): readonly Port[] =>
  ports.filter((port, at) => ports.findIndex((other) => samePort(other, port)) === at);

const middleOf = (nodes: readonly GraphNode[]): Position => {
  const mean = (values: readonly number[]) => Math.round(values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length) / 4) * 4;
  return { x: mean(nodes.map(({ position }) => position.x)), y: mean(nodes.map(({ position }) => position.y)) };
};

/** A node between chosen ones that is not chosen itself, so that a block of these would feed itself; if there is one. */
function between(graph: Graph, chosen: ReadonlySet<string>): GraphNode | undefined {
  const index = indexOf(graph);
  const before = leadingTo(index, chosen);
  const after = new Set(chosen);
  for (const id of after) for (const { to } of index.outgoing.get(id) ?? []) after.add(to.node);
  return graph.nodes.find(({ id }) => !chosen.has(id) && before.has(id) && after.has(id));
}

/** Which of a scope's names nodes use, so that a block of them needs them as parameters. */
function namesUsed(nodes: readonly GraphNode[]): ReadonlySet<string> {
  const texts = nodes.flatMap(({ params, when }) => [...expressionsIn(params), ...(when === undefined ? [] : [when])]);
  return new Set(texts.flatMap((text) => [...namesIn(text)]));
}

/** The names that repetitions bind, as parameters of a block inside: `i` there is another one. */
const passedOn = new Map([['i', 'outerI'], ['n', 'outerN']]);

function renamed(node: GraphNode): GraphNode {
  const params = mapExpressions(node.params, (text) => ({ expr: withTexts(text, passedOn) })) as GraphNode['params'];
  return { ...node, params, ...(node.when !== undefined && { when: withTexts(node.when, passedOn) }) };
}

/**
 * Makes a block of nodes of one graph, and puts one use of it in their place. Wires that come in, one for each port
 * they come from, become its inputs, those that leave its outputs. In words why it can't be.
 * @param paths of the nodes; all of one graph.
 */
export function group(document: LoomDocument, paths: readonly string[], name: string): Result<Regrouping> {
  const place = paths[0] === undefined ? null : locate(document, paths[0]);
  if (!place) return err('Select the layers that the block shall hold.');
  const { graph, prefix } = place;
  const chosen = new Set(paths.map((path) => path.slice(prefix.length)));
  if (paths.some((path) => !path.startsWith(prefix)) || [...chosen].some((id) => id.includes('/'))) {
    return err('The selection spans several blocks; a block is made of layers of one.');
  }
  const inside = graph.nodes.filter(({ id }) => chosen.has(id));
  const port = inside.find(({ type }) => type === portTypes.input || type === portTypes.output);
  if (port) return err(`${port.name} is a port of the block around; it can’t go into a block inside.`);
  const loop = between(graph, chosen);
  if (loop) return err(`${loop.name} lies between the selected layers: the block would feed itself. Select it too.`);

  const entering = graph.edges.filter(({ from, to }) => chosen.has(to.node) && !chosen.has(from.node));
  const leaving = graph.edges.filter(({ from, to }) => chosen.has(from.node) && !chosen.has(to.node));
  const sources = distinct(entering.map(({ from }) => from));
  const results = distinct(leaving.map(({ from }) => from));
  const taken = new Set([...chosen]);
  const nameFor = (base: string): string => {
    for (let n = 1; ; n += 1) {
      const wish = n === 1 ? base : `${base}${n}`;
      if (taken.has(wish)) continue;
      taken.add(wish);
      return wish;
    }
  };
  const top = Math.min(...inside.map(({ position }) => position.y));
  const bottom = Math.max(...inside.map(({ position }) => position.y));
  const portNode = (type: string, base: string, beside: Port | undefined, y: number): GraphNode => {
    const id = nameFor(base);
    const x = inside.find((node) => node.id === beside?.node)?.position.x ?? inside[0]?.position.x ?? 0;
    return { id, type, version: 1, name: id, params: {}, position: { x, y } };
  };
  const inputs = sources.map((source) => portNode(portTypes.input, 'in', entering.find(({ from }) => samePort(from, source))?.to, top - rowHeight));
  const outputs = results.map((source) => portNode(portTypes.output, 'out', source, bottom + rowHeight));
  const inner: readonly Edge[] = [
    ...graph.edges.filter(({ from, to }) => chosen.has(from.node) && chosen.has(to.node)),
    ...entering.map(({ from, to }) => ({ from: { node: inputs[sources.findIndex((source) => samePort(source, from))]!.id, port: 0 }, to })),
    ...results.map((from, k) => ({ from, to: { node: outputs[k]!.id, port: 0 } })),
  ];

  const used = namesUsed(inside);
  const around = place.block === null ? [] : document.blocks[place.block]!.params;
  const repetition = [...passedOn].filter(([outer]) => used.has(outer));
  const params: readonly BlockParameter[] = [
    ...around.filter((param) => used.has(param.name)),
    ...repetition.map(([, parameter]): BlockParameter => ({ kind: 'int', name: parameter, default: 0 })),
  ];
  const values: Record<string, Expression> = Object.fromEntries([
    ...params.filter((param) => used.has(param.name)).map((param) => [param.name, { expr: param.name }] as const),
    ...repetition.map(([outer, parameter]) => [parameter, { expr: outer }] as const),
  ]);
  const block: Block = { name, params, nodes: [...inputs, ...inside.map(renamed), ...outputs], edges: inner };
  const blockId = freshBlockId(document, name);
  const nodeName = freshName({ ...document, nodes: graph.nodes.filter(({ id }) => !chosen.has(id)) }, blockId);
  const stand: GraphNode = {
    id: nodeName,
    type: blockType,
    version: 1,
    name: nodeName,
    params: { block: blockId, ...(params.length > 0 && { values }) },
    position: middleOf(inside),
  };
  const outer: readonly Edge[] = [
    ...sources.map((from, k) => ({ from, to: { node: nodeName, port: k } })),
    ...leaving.map(({ from, to }) => ({ from: { node: nodeName, port: results.findIndex((source) => samePort(source, from)) }, to })),
  ];
  const inGraph = within(prefix, [
    { kind: 'removeNodes', ids: [...chosen] },
    { kind: 'addNodes', nodes: [stand], edges: outer },
  ]);
  return ok({
    edits: [{ kind: 'addBlocks', blocks: { [blockId]: block } }, ...localised(document, inGraph)],
    paths: [prefix + nodeName],
  });
}

type GraphChange = Extract<Edit, { kind: 'removeNodes' | 'addNodes' }>;

/** Changes named by ids of a graph, named by paths. */
function within(prefix: string, edits: readonly GraphChange[]): readonly GraphChange[] {
  const at = ({ node, port }: Port): Port => ({ node: prefix + node, port });
  return edits.map((edit) =>
    edit.kind === 'removeNodes'
      ? { ...edit, ids: edit.ids.map((id) => prefix + id) }
      : {
          ...edit,
          nodes: edit.nodes.map((node) => ({ ...node, id: prefix + node.id })),
          edges: edit.edges.map(({ from, to }) => ({ from: at(from), to: at(to) })),
        },
  );
}

/** What an expression comes to where it names nothing any more, else its text. */
function settled(text: string): Value | Expression {
  const value = namesIn(text).size === 0 ? evaluate(text, {}) : null;
  return value?.ok ? value.value : { expr: text };
}

/**
 * Puts what a block holds in the place of one use of it, once for each repetition, its parameters worked out as far as
 * they can be. The block itself stays, for its other uses. In words why it can't be.
 */
export function ungroup(document: LoomDocument, path: string): Result<Regrouping> {
  const place = locate(document, path);
  const stand = place?.graph.nodes.find(({ id }) => id === place.id);
  const use = stand && isBlock(stand) ? readUse(stand) : null;
  const block = stand && blockOf(document, stand);
  if (!place || !stand || !use || !block) return err('Select a block to ungroup it.');
  const counted = use.repeat === undefined ? 1 : typeof use.repeat === 'number' ? use.repeat : settled(use.repeat.expr);
  if (typeof counted !== 'number') {
    return err(`${stand.name} is repeated ${textOf(counted)} times, which depends on the block around; give it a number first.`);
  }
  const { graph, prefix } = place;
  const { inputs, outputs } = portsOf(block);
  const ports = new Set([...inputs, ...outputs].map(({ id }) => id));
  const others = { ...document, nodes: graph.nodes.filter(({ id }) => id !== place.id) };
  const taken = new Set<string>();
  const low = middleOf(block.nodes.filter(({ id }) => !ports.has(id)));
  const bottom = Math.max(0, ...block.nodes.map(({ position }) => position.y)) - Math.min(0, ...block.nodes.map(({ position }) => position.y));

  const nodes: GraphNode[] = [];
  const edges: Edge[] = [];
  const incoming = edgesInto(indexOf(graph), place.id);
  /** Where what enters an input comes from, in the repetition at hand. */
  let entering = inputs.map((_, port): Port | undefined => incoming.find(({ to }) => to.port === port)?.from);
  for (let i = 0; i < counted; i += 1) {
    const given = i === 0 ? { ...use.values, ...use.first } : use.values;
    const repetition = new Map([['i', `${i}`], ['n', `${counted}`]]);
    const texts = new Map([
      ...block.params.map(({ name, default: standard }) => [name, textOf(standard)] as const),
      ...Object.entries(given).map(([name, value]) => [name, withTexts(textOf(value), use.repeat === undefined ? new Map() : repetition)] as const),
      ...repetition,
    ]);
    const ids = new Map<string, string>();
    const skipped = new Set<string>();
    for (const node of block.nodes) {
      if (ports.has(node.id)) continue;
      const when = node.when === undefined ? true : settled(withTexts(node.when, texts));
      if (when === false) {
        skipped.add(node.id);
        continue;
      }
      const id = freshName(others, node.id.replace(/\d+$/, '') || 'layer', taken);
      taken.add(id);
      ids.set(node.id, id);
      const { when: _, ...rest } = node;
      nodes.push({
        ...rest,
        id,
        name: id,
        params: mapExpressions(node.params, (text) => settled(withTexts(text, texts))) as GraphNode['params'],
        ...(when !== true && { when: textOf(when) }),
        position: { x: stand.position.x + node.position.x - low.x, y: stand.position.y + node.position.y - low.y + i * (bottom + rowHeight) },
      });
    }
    const wires = indexOf(block);
    /** Where a value inside comes from in the end, through ports and what is skipped. */
    const origin = ({ node, port }: Port): Port | undefined => {
      const input = inputs.findIndex(({ id }) => id === node);
      if (input >= 0) return entering[input];
      if (!skipped.has(node)) return { node: ids.get(node) ?? node, port };
      const before = edgesInto(wires, node)[0];
      return before && origin(before.from);
    };
    for (const { from, to } of block.edges) {
      const target = ids.get(to.node);
      const source = target === undefined ? undefined : origin(from);
      if (target !== undefined && source) edges.push({ from: source, to: { node: target, port: to.port } });
    }
    const results = outputs.map(({ id }) => edgesInto(wires, id)[0]).map((edge) => edge && origin(edge.from));
    entering = entering.map((source, port) => (port < results.length ? results[port] : source));
    if (i === counted - 1) {
      for (const { from, to } of graph.edges) {
        const source = from.node === place.id ? results[from.port] : undefined;
        if (source) edges.push({ from: source, to });
      }
    }
  }
  const inGraph = within(prefix, [
    { kind: 'removeNodes', ids: [place.id] },
    { kind: 'addNodes', nodes, edges: edges.filter((edge, at) => edges.findIndex((other) => edgeId(other) === edgeId(edge)) === at) },
  ]);
  return ok({ edits: localised(document, inGraph), paths: nodes.map(({ id }) => prefix + id) });
}

/** Gives one use of a block a block of its own, so that it no longer follows the others. */
export function detach(document: LoomDocument, path: string): Result<Regrouping> {
  const place = locate(document, path);
  const stand = place?.graph.nodes.find(({ id }) => id === place.id);
  const block = stand && blockOf(document, stand);
  if (!stand || !block) return err('Select a block to detach it.');
  const name = `${block.name} 2`;
  const id = freshBlockId(document, name);
  return ok({
    edits: [
      { kind: 'addBlocks', blocks: { [id]: { ...block, name } } },
      ...localised(document, [{ kind: 'setParams', node: path, params: { block: id } }]),
    ],
    paths: [path],
  });
}
