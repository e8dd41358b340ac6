import { never } from '@/core/result';
import type { AnyParams } from '@/core/params';
import type { Problem } from '@/core/problem';
import type { Recipe } from '@/recipe/recipe';
import { edgeId, type Block, type Blocks, type Edge, type Graph, type GraphNode, type LoomDocument, type Position } from './document';

/** A change of a graph, a document's own or a block's. */
export type GraphEdit =
  | { readonly kind: 'addNodes'; readonly nodes: readonly GraphNode[]; readonly edges: readonly Edge[] }
  | { readonly kind: 'removeNodes'; readonly ids: readonly string[] }
  | { readonly kind: 'connect'; readonly edge: Edge }
  | { readonly kind: 'disconnect'; readonly edges: readonly string[] }
  | { readonly kind: 'setParams'; readonly node: string; readonly params: AnyParams }
  /** The expression on which a node of a block is there; `null`: always. */
  | { readonly kind: 'setWhen'; readonly node: string; readonly when: string | null }
  | { readonly kind: 'rename'; readonly node: string; readonly name: string }
  | { readonly kind: 'move'; readonly positions: Readonly<Record<string, Position>> };

/** Every change of a document, as data. Nodes are named by their ids in the graph that is changed. */
export type Edit =
  | GraphEdit
  /** Changes a block, and so every place where it is used. */
  | { readonly kind: 'inBlock'; readonly block: string; readonly edits: readonly GraphEdit[] }
  | {
      readonly kind: 'setBlock';
      readonly block: string;
      readonly values: Partial<Pick<Block, 'name' | 'note' | 'reference' | 'params'>>;
    }
  | { readonly kind: 'addBlocks'; readonly blocks: Blocks }
  | { readonly kind: 'removeBlocks'; readonly ids: readonly string[] }
  | { readonly kind: 'setRecipe'; readonly recipe: Partial<Recipe> }
  | {
      readonly kind: 'setDocument';
      readonly values: Partial<Pick<LoomDocument, 'name' | 'note' | 'seed' | 'strict' | 'dataset'>>;
    };

/** A way out of a problem that the graph can take. */
export interface GraphFix {
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** A problem of a document: where it is, and edits that mend it. */
export interface GraphProblem extends Problem<GraphFix> {
  /** Id of the node it is about; `null` for the document as a whole. */
  readonly node: string | null;
  /** Id of the edge it is about, where it is one. */
  readonly edge?: string;
}

function changeNode<G extends Graph>(graph: G, id: string, change: (node: GraphNode) => GraphNode): G {
  let changed = false;
  const nodes = graph.nodes.map((node) => {
    if (node.id !== id) return node;
    const next = change(node);
    changed ||= next !== node;
    return next;
  });
  return changed ? { ...graph, nodes } : graph;
}

function withWhen(node: GraphNode, when: string | null): GraphNode {
  if ((node.when ?? null) === when) return node;
  const { when: _, ...rest } = node;
  return when === null ? rest : { ...rest, when };
}

/** Values are plain data, so their JSON says whether they are the same. */
const alike = (a: unknown, b: unknown): boolean => Object.is(a, b) || JSON.stringify(a) === JSON.stringify(b);

function holds(target: object, values: object): boolean {
  const present = new Map<string, unknown>(Object.entries(target));
  return Object.entries(values).every(([name, value]) => alike(present.get(name), value));
}

/** Applies a change of nodes and wires to the graph that it is of. */
function applyGraphEdit<G extends Graph>(graph: G, edit: GraphEdit): G {
  switch (edit.kind) {
    case 'addNodes': {
      const taken = new Set(graph.nodes.map((node) => node.id));
      const nodes = edit.nodes.filter((node) => !taken.has(node.id));
      if (nodes.length === 0 && edit.edges.length === 0) return graph;
      return { ...graph, nodes: [...graph.nodes, ...nodes], edges: [...graph.edges, ...edit.edges] };
    }
    case 'removeNodes': {
      const gone = new Set(edit.ids);
      if (!graph.nodes.some((node) => gone.has(node.id))) return graph;
      return {
        ...graph,
        nodes: graph.nodes.filter((node) => !gone.has(node.id)),
        edges: graph.edges.filter((edge) => !gone.has(edge.from.node) && !gone.has(edge.to.node)),
      };
    }
    case 'connect': {
      const id = edgeId(edit.edge);
      if (graph.edges.some((edge) => edgeId(edge) === id)) return graph;
      return { ...graph, edges: [...graph.edges, edit.edge] };
    }
    case 'disconnect': {
      const gone = new Set(edit.edges);
      const edges = graph.edges.filter((edge) => !gone.has(edgeId(edge)));
      return edges.length === graph.edges.length ? graph : { ...graph, edges };
    }
    case 'setParams':
      return changeNode(graph, edit.node, (node) =>
        holds(node.params, edit.params) ? node : { ...node, params: { ...node.params, ...edit.params } },
      );
    case 'setWhen':
      return changeNode(graph, edit.node, (node) => withWhen(node, edit.when));
    case 'rename':
      return changeNode(graph, edit.node, (node) => (node.name === edit.name ? node : { ...node, name: edit.name }));
    case 'move': {
      let moved = false;
      const nodes = graph.nodes.map((node) => {
        const position = edit.positions[node.id];
        if (!position || (position.x === node.position.x && position.y === node.position.y)) return node;
        moved = true;
        return { ...node, position };
      });
      return moved ? { ...graph, nodes } : graph;
    }
    default:
      return never(edit);
  }
}

function changeBlock(document: LoomDocument, id: string, change: (block: Block) => Block): LoomDocument {
  const block = Object.hasOwn(document.blocks, id) ? document.blocks[id] : undefined;
  const changed = block && change(block);
  return changed === block || !changed ? document : { ...document, blocks: { ...document.blocks, [id]: changed } };
}

/** Applies an edit. What it doesn't touch stays the same object; one that changes nothing returns the document itself. */
export function applyEdit(document: LoomDocument, edit: Edit): LoomDocument {
  switch (edit.kind) {
    case 'inBlock':
      return changeBlock(document, edit.block, (block) => edit.edits.reduce(applyGraphEdit, block));
    case 'setBlock':
      return changeBlock(document, edit.block, (block) => (holds(block, edit.values) ? block : { ...block, ...edit.values }));
    case 'addBlocks': {
      const fresh = Object.entries(edit.blocks).filter(([id]) => !Object.hasOwn(document.blocks, id));
      return fresh.length === 0 ? document : { ...document, blocks: { ...document.blocks, ...Object.fromEntries(fresh) } };
    }
    case 'removeBlocks': {
      const gone = new Set(edit.ids);
      const kept = Object.entries(document.blocks).filter(([id]) => !gone.has(id));
      return kept.length === Object.keys(document.blocks).length ? document : { ...document, blocks: Object.fromEntries(kept) };
    }
    case 'setRecipe':
      return holds(document.recipe, edit.recipe) ? document : { ...document, recipe: { ...document.recipe, ...edit.recipe } };
    case 'setDocument':
      return holds(document, edit.values) ? document : { ...document, ...edit.values };
    default:
      return applyGraphEdit(document, edit);
  }
}

export const applyEdits = (document: LoomDocument, edits: readonly Edit[]): LoomDocument =>
  edits.reduce(applyEdit, document);
