import { never } from '@/core/result';
import { isBlock, readUse } from './blocks';
import { edgeId, type Edge, type Graph, type GraphNode, type LoomDocument, type Port, type Position } from './document';
import type { Edit, GraphEdit } from './edits';

/**
 * A node's path says where it is in the network that is computed: its id, and before it the ids of the nodes that stand
 * for the blocks around it, each repeated one followed by its repetition from 0 on: `stage2/0/conv1`. At the top level
 * a path is an id.
 */
export interface Located {
  /** Id of the block that holds the node; `null` at the top level. */
  readonly block: string | null;
  /** All of the path before the node's own id: `stage2/0/`. */
  readonly prefix: string;
  readonly id: string;
  readonly graph: Graph;
}

/** Where a path leads; `null` where there is no such block. The node itself need not be there. */
export function locate(document: LoomDocument, path: string): Located | null {
  const segments = path.split('/');
  let graph: Graph = document;
  let block: string | null = null;
  let at = 0;
  while (at < segments.length - 1) {
    const node: GraphNode | undefined = graph.nodes.find(({ id }) => id === segments[at]);
    const use = node && isBlock(node) ? readUse(node) : null;
    if (!use || !Object.hasOwn(document.blocks, use.block)) return null;
    block = use.block;
    graph = document.blocks[block]!;
    if (typeof use.repeat === 'number' && Number(segments[at + 1]) >= use.repeat) return null;
    at += use.repeat === undefined ? 1 : 2;
  }
  if (at !== segments.length - 1) return null;
  const id = segments[at]!;
  return { block, prefix: path.slice(0, path.length - id.length), id, graph };
}

/** `stage2/0/conv1` → `stage2/0/`. */
export const prefixOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
export const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The two ports that an edge's id names. */
export function edgeOf(id: string): Edge {
  const [from = '', to = ''] = id.split('>');
  const port = (text: string): Port => {
    const dot = text.lastIndexOf('.');
    return { node: text.slice(0, dot), port: Number(text.slice(dot + 1)) };
  };
  return { from: port(from), to: port(to) };
}

const localEdge = ({ from, to }: Edge): Edge => ({
  from: { ...from, node: lastOf(from.node) },
  to: { ...to, node: lastOf(to.node) },
});

/** Whether both ends of a wire are in the same graph: none crosses a block's border but through its ports. */
export const withinOneGraph = ({ from, to }: Edge): boolean => prefixOf(from.node) === prefixOf(to.node);

/** One list of values for each prefix, in the order met. */
function byPrefix<T>(all: readonly T[], pathOf: (each: T) => string): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const each of all) {
    const prefix = prefixOf(pathOf(each));
    const list = found.get(prefix);
    if (list) list.push(each);
    else found.set(prefix, [each]);
  }
  return found;
}

/** A change of nodes named by paths, as one for each graph that it touches, in ids of that graph. */
function* parts(edit: GraphEdit): Iterable<readonly [prefix: string, GraphEdit]> {
  switch (edit.kind) {
    case 'addNodes': {
      const edges = byPrefix(edit.edges.filter(withinOneGraph), ({ to }) => to.node);
      const nodes = byPrefix(edit.nodes, ({ id }) => id);
      for (const prefix of new Set([...nodes.keys(), ...edges.keys()])) {
        const own = (nodes.get(prefix) ?? []).map((node) => ({ ...node, id: lastOf(node.id) }));
        yield [prefix, { kind: 'addNodes', nodes: own, edges: (edges.get(prefix) ?? []).map(localEdge) }];
      }
      return;
    }
    case 'removeNodes':
      for (const [prefix, ids] of byPrefix(edit.ids, (id) => id)) yield [prefix, { ...edit, ids: ids.map(lastOf) }];
      return;
    case 'connect':
      if (withinOneGraph(edit.edge)) yield [prefixOf(edit.edge.to.node), { ...edit, edge: localEdge(edit.edge) }];
      return;
    case 'disconnect': {
      const edges = byPrefix(edit.edges.map(edgeOf).filter(withinOneGraph), ({ to }) => to.node);
      for (const [prefix, own] of edges) yield [prefix, { ...edit, edges: own.map(localEdge).map(edgeId) }];
      return;
    }
    case 'setParams':
    case 'setWhen':
    case 'rename':
      yield [prefixOf(edit.node), { ...edit, node: lastOf(edit.node) }];
      return;
    case 'move':
      for (const [prefix, moved] of byPrefix(Object.entries(edit.positions), ([id]) => id)) {
        const positions = Object.fromEntries(moved.map(([id, at]): [string, Position] => [lastOf(id), at]));
        yield [prefix, { ...edit, positions }];
      }
      return;
    default:
      never(edit);
  }
}

/**
 * Edits whose nodes are named by paths, as edits of the graphs that they lie in. What leads nowhere is left out.
 * A change inside a block so changes the block, wherever it is used.
 */
export function localised(document: LoomDocument, edits: readonly Edit[]): readonly Edit[] {
  // Without blocks a path is an id.
  if (Object.keys(document.blocks).length === 0) return edits;
  return edits.flatMap((edit): readonly Edit[] => {
    switch (edit.kind) {
      case 'inBlock':
      case 'setBlock':
      case 'addBlocks':
      case 'removeBlocks':
      case 'setRecipe':
      case 'setDocument':
        return [edit];
      default:
        return [...parts(edit)].flatMap(([prefix, part]): readonly Edit[] => {
          const place = locate(document, `${prefix}x`);
          if (!place) return [];
          return [place.block === null ? part : { kind: 'inBlock', block: place.block, edits: [part] }];
        });
    }
  });
}
