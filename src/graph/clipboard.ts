import { z } from 'zod';
import { err, ok, type Result } from '@/core/result';
import { alike } from '@/core/alike';
import { blocksUsed, isBlock, readUse } from './blocks';
import { blockSchema, edgeSchema, idSchema, nodeSchema, type Blocks, type Edge, type Graph, type GraphNode, type LoomDocument, type Port, type Position } from './document';
import { prefixIn } from './drawing';
import type { Edit } from './edits';
import { freshName } from './factory';
import { freshBlockId } from './grouping';
import { lastOf } from './paths';

/** Nodes on their way from one place to another, with the wires among them. */
export interface Clip extends Graph {
  /** The blocks that its nodes stand for, by id. */
  readonly blocks: Blocks;
}

const clipSchema = z.object({
  layerloomClip: z.literal(1),
  nodes: z.array(nodeSchema).min(1).max(100_000),
  edges: z.array(edgeSchema).max(400_000),
  blocks: z.record(idSchema, blockSchema).default({}),
});

export function copyOf(document: LoomDocument, ids: ReadonlySet<string>): Clip {
  const local = ({ node, port }: Port): Port => ({ node: lastOf(node), port });
  const nodes = document.nodes.filter((node) => ids.has(node.id)).map((node) => ({ ...node, id: lastOf(node.id) }));
  const edges = document.edges
    .filter((edge) => ids.has(edge.from.node) && ids.has(edge.to.node))
    .map((edge): Edge => ({ from: local(edge.from), to: local(edge.to) }));
  const used = blocksUsed(document, { nodes });
  return { nodes, edges, blocks: Object.fromEntries(Object.entries(document.blocks).filter(([id]) => used.has(id))) };
}

/** As text for the system's clipboard, so that it can be pasted in another window. */
export const clipText = (clip: Clip): string => JSON.stringify({ layerloomClip: 1, ...clip });

/** Reads what `clipText` wrote; anything else is none of ours. */
export function parseClip(text: string): Result<Clip> {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return err('The clipboard holds no layers.');
  }
  const parsed = clipSchema.safeParse(raw);
  return parsed.success ? ok({ nodes: parsed.data.nodes, edges: parsed.data.edges, blocks: parsed.data.blocks }) : err('The clipboard holds no layers.');
}

/** A node that stands for a block, standing for one of another id. */
function standingFor(node: GraphNode, ids: ReadonlyMap<string, string>): GraphNode {
  const id = isBlock(node) ? ids.get(readUse(node)?.block ?? '') : undefined;
  return id === undefined ? node : { ...node, params: { ...node.params, block: id } };
}

/** Blocks of a clip that a document lacks, under ids that are free there, and all ids that they get. */
function arriving(document: LoomDocument, blocks: Blocks): { readonly blocks: Blocks; readonly ids: ReadonlyMap<string, string> } {
  const ids = new Map<string, string>();
  let taken: Pick<LoomDocument, 'blocks'> = document;
  for (const [id, block] of Object.entries(blocks)) {
    const present = Object.hasOwn(document.blocks, id) ? document.blocks[id] : undefined;
    if (present && alike(present, block)) continue;
    const free = present ? freshBlockId(taken, block.name) : id;
    taken = { blocks: { ...taken.blocks, [free]: block } };
    ids.set(id, free);
  }
  const moved = new Map([...ids].filter(([from, to]) => from !== to));
  const fresh = [...ids].map(([from, to]) => {
    const block = blocks[from]!;
    return [to, moved.size === 0 ? block : { ...block, nodes: block.nodes.map((node) => standingFor(node, moved)) }] as const;
  });
  return { blocks: Object.fromEntries(fresh), ids: moved };
}

/** Puts a clip down, moved by `offset`: new ids and names, inner wires kept. Blocks that the document has are not added again. */
export function pasteEdits(
  document: LoomDocument,
  clip: Graph & { readonly blocks?: Blocks },
  offset: Position,
): { readonly ids: readonly string[]; readonly edits: readonly Edit[] } {
  const { blocks, ids } = arriving(document, clip.blocks ?? {});
  const renamed = new Map<string, string>();
  const taken = new Set<string>();
  const nodes = clip.nodes.map((node) => {
    const base = node.name.replace(/[^A-Za-z0-9_-]/g, '').replace(/^[^A-Za-z]+/, '').replace(/\d+$/, '') || 'layer';
    const name = freshName(document, base, taken);
    taken.add(name);
    const id = prefixIn(document) + name;
    renamed.set(node.id, id);
    return { ...standingFor(node, ids), id, name, position: { x: node.position.x + offset.x, y: node.position.y + offset.y } };
  });
  const edges = clip.edges.flatMap((edge) => {
    const from = renamed.get(edge.from.node);
    const to = renamed.get(edge.to.node);
    return from && to ? [{ from: { ...edge.from, node: from }, to: { ...edge.to, node: to } }] : [];
  });
  const added: readonly Edit[] = Object.keys(blocks).length > 0 ? [{ kind: 'addBlocks', blocks }] : [];
  return { ids: nodes.map((node) => node.id), edits: [...added, { kind: 'addNodes', nodes, edges }] };
}
