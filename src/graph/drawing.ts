import { blockOf, readUse } from './blocks';
import { applyEdits, type Edit } from './edits';
import type { Edge, GraphNode, LoomDocument } from './document';
import { locate, localised } from './paths';

/**
 * What the canvas shows: the document itself, or the inside of a block where it stands, as if it were the document.
 * The ids of nodes are paths there, so that shapes, problems and edits find the place that is meant; a block used twice
 * is drawn once and shown at each of its places with that place's shapes.
 */
interface Sheet {
  readonly whole: LoomDocument;
  readonly prefix: string;
}

const sheets = new WeakMap<LoomDocument, Sheet>();
const drawings = new WeakMap<LoomDocument, Map<string, LoomDocument>>();
const placedNodes = new WeakMap<GraphNode, Map<string, GraphNode>>();
const placedEdges = new WeakMap<Edge, Map<string, Edge>>();
const placedLists = new WeakMap<readonly object[], Map<string, readonly object[]>>();

/** The value of an owner and a prefix; made once, so that what did not change stays the same object. */
function once<K extends object, V>(store: WeakMap<K, Map<string, V>>, owner: K, prefix: string, make: () => V): V {
  const map = store.get(owner) ?? new Map<string, V>();
  store.set(owner, map);
  const known = map.get(prefix);
  if (known !== undefined) return known;
  const fresh = make();
  map.set(prefix, fresh);
  return fresh;
}

const placedList = <T extends object>(list: readonly T[], prefix: string, place: (each: T) => T): readonly T[] =>
  once(placedLists, list, prefix, () => list.map(place)) as readonly T[];

const placedNode = (node: GraphNode, prefix: string): GraphNode =>
  once(placedNodes, node, prefix, () => ({ ...node, id: prefix + node.id }));

const placedEdge = (edge: Edge, prefix: string): Edge =>
  once(placedEdges, edge, prefix, () => ({
    from: { ...edge.from, node: prefix + edge.from.node },
    to: { ...edge.to, node: prefix + edge.to.node },
  }));

/** The inside of the block at a prefix, `stage2/0/`; the document where there is none, or the prefix is empty. */
export function drawingOf(document: LoomDocument, prefix: string): LoomDocument {
  const place = prefix === '' ? null : locate(document, `${prefix}x`);
  if (!place) return document;
  return once(drawings, document, prefix, () => {
    const { graph } = place;
    const drawing: LoomDocument = {
      ...document,
      nodes: placedList(graph.nodes, prefix, (node) => placedNode(node, prefix)),
      edges: placedList(graph.edges, prefix, (edge) => placedEdge(edge, prefix)),
    };
    sheets.set(drawing, { whole: document, prefix });
    return drawing;
  });
}

/** The document that a drawing shows a part of. */
export const wholeOf = (drawing: LoomDocument): LoomDocument => sheets.get(drawing)?.whole ?? drawing;
/** What paths of a drawing's nodes begin with; empty for the document itself. */
export const prefixIn = (drawing: LoomDocument): string => sheets.get(drawing)?.prefix ?? '';

/** A drawing after edits that name nodes by their paths. */
export const edited = (drawing: LoomDocument, edits: readonly Edit[]): LoomDocument => {
  const whole = wholeOf(drawing);
  return drawingOf(applyEdits(whole, localised(whole, edits)), prefixIn(drawing));
};

/** The prefix itself, or that of the nearest block around it that is still there. */
export function nearestSheet(document: LoomDocument, prefix: string): string {
  let at = prefix;
  while (at !== '' && !locate(document, `${at}x`)) at = at.slice(0, at.slice(0, -1).lastIndexOf('/') + 1);
  return at;
}

/** One block on the way to an open sheet. */
export interface Crumb {
  /** Path of the node that stands for it. */
  readonly path: string;
  readonly name: string;
  readonly block: string;
  /** Its repetition that is shown; `null` where it is not repeated. */
  readonly repetition: number | null;
  readonly prefix: string;
}

/** The blocks that a sheet lies in, outermost first. */
export function crumbsOf(document: LoomDocument, prefix: string): readonly Crumb[] {
  const crumbs: Crumb[] = [];
  let at = '';
  while (at.length < prefix.length) {
    const path = prefix.slice(0, prefix.indexOf('/', at.length));
    const place = locate(document, path);
    const node = place?.graph.nodes.find(({ id }) => id === place.id);
    const block = node && blockOf(document, node);
    if (!node || !block) break;
    const repeated = readUse(node)?.repeat !== undefined;
    const next = repeated ? prefix.slice(0, prefix.indexOf('/', path.length + 1) + 1) : `${path}/`;
    const repetition = repeated ? Number(next.slice(path.length + 1, -1)) : null;
    crumbs.push({ path, name: node.name, block: block.name, repetition, prefix: next });
    at = next;
  }
  return crumbs;
}
