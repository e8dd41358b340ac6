import { never } from '@/core/result';
import type { AnyParams } from '@/core/params';
import type { Problem } from '@/core/problem';
import type { Recipe } from '@/recipe/recipe';
import { edgeId, type Edge, type GraphNode, type LoomDocument, type Position } from './document';

/** Every change of a document, as data. */
export type Edit =
  | { readonly kind: 'addNodes'; readonly nodes: readonly GraphNode[]; readonly edges: readonly Edge[] }
  | { readonly kind: 'removeNodes'; readonly ids: readonly string[] }
  | { readonly kind: 'connect'; readonly edge: Edge }
  | { readonly kind: 'disconnect'; readonly edges: readonly string[] }
  | { readonly kind: 'setParams'; readonly node: string; readonly params: AnyParams }
  | { readonly kind: 'rename'; readonly node: string; readonly name: string }
  | { readonly kind: 'move'; readonly positions: Readonly<Record<string, Position>> }
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

function changeNode(document: LoomDocument, id: string, change: (node: GraphNode) => GraphNode): LoomDocument {
  let changed = false;
  const nodes = document.nodes.map((node) => {
    if (node.id !== id) return node;
    const next = change(node);
    changed ||= next !== node;
    return next;
  });
  return changed ? { ...document, nodes } : document;
}

/** Values are plain data, so their JSON says whether they are the same. */
const alike = (a: unknown, b: unknown): boolean => Object.is(a, b) || JSON.stringify(a) === JSON.stringify(b);

function holds(target: object, values: object): boolean {
  const present = new Map<string, unknown>(Object.entries(target));
  return Object.entries(values).every(([name, value]) => alike(present.get(name), value));
}

/** Applies an edit. What it doesn't touch stays the same object; one that changes nothing returns the document itself. */
export function applyEdit(document: LoomDocument, edit: Edit): LoomDocument {
  switch (edit.kind) {
    case 'addNodes': {
      const taken = new Set(document.nodes.map((node) => node.id));
      const nodes = edit.nodes.filter((node) => !taken.has(node.id));
      if (nodes.length === 0 && edit.edges.length === 0) return document;
      return { ...document, nodes: [...document.nodes, ...nodes], edges: [...document.edges, ...edit.edges] };
    }
    case 'removeNodes': {
      const gone = new Set(edit.ids);
      if (!document.nodes.some((node) => gone.has(node.id))) return document;
      return {
        ...document,
        nodes: document.nodes.filter((node) => !gone.has(node.id)),
        edges: document.edges.filter((edge) => !gone.has(edge.from.node) && !gone.has(edge.to.node)),
      };
    }
    case 'connect': {
      const id = edgeId(edit.edge);
      if (document.edges.some((edge) => edgeId(edge) === id)) return document;
      return { ...document, edges: [...document.edges, edit.edge] };
    }
    case 'disconnect': {
      const gone = new Set(edit.edges);
      const edges = document.edges.filter((edge) => !gone.has(edgeId(edge)));
      return edges.length === document.edges.length ? document : { ...document, edges };
    }
    case 'setParams':
      return changeNode(document, edit.node, (node) =>
        holds(node.params, edit.params) ? node : { ...node, params: { ...node.params, ...edit.params } },
      );
    case 'rename':
      return changeNode(document, edit.node, (node) => (node.name === edit.name ? node : { ...node, name: edit.name }));
    case 'move': {
      let moved = false;
      const nodes = document.nodes.map((node) => {
        const position = edit.positions[node.id];
        if (!position || (position.x === node.position.x && position.y === node.position.y)) return node;
        moved = true;
        return { ...node, position };
      });
      return moved ? { ...document, nodes } : document;
    }
    case 'setRecipe':
      return holds(document.recipe, edit.recipe) ? document : { ...document, recipe: { ...document.recipe, ...edit.recipe } };
    case 'setDocument':
      return holds(document, edit.values) ? document : { ...document, ...edit.values };
    default:
      return never(edit);
  }
}

export const applyEdits = (document: LoomDocument, edits: readonly Edit[]): LoomDocument =>
  edits.reduce(applyEdit, document);
