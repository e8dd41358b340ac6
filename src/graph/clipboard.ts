import { z } from 'zod';
import { err, ok, type Result } from '@/core/result';
import { edgeSchema, nodeSchema, type Edge, type GraphNode, type LoomDocument, type Position } from './document';
import type { Edit } from './edits';
import { freshName } from './factory';

/** Nodes on their way from one place to another, with the wires among them. */
export interface Clip {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly Edge[];
}

const clipSchema = z.object({
  layerloomClip: z.literal(1),
  nodes: z.array(nodeSchema).min(1).max(100_000),
  edges: z.array(edgeSchema).max(400_000),
});

export function copyOf(document: LoomDocument, ids: ReadonlySet<string>): Clip {
  const nodes = document.nodes.filter((node) => ids.has(node.id));
  const kept = new Set(nodes.map((node) => node.id));
  return { nodes, edges: document.edges.filter((edge) => kept.has(edge.from.node) && kept.has(edge.to.node)) };
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
  return parsed.success ? ok({ nodes: parsed.data.nodes, edges: parsed.data.edges }) : err('The clipboard holds no layers.');
}

/** Puts a clip down, moved by `offset`: new ids and names, inner wires kept. */
export function pasteEdits(
  document: LoomDocument,
  clip: Clip,
  offset: Position,
): { readonly ids: readonly string[]; readonly edits: readonly Edit[] } {
  const renamed = new Map<string, string>();
  const taken = new Set<string>();
  const nodes = clip.nodes.map((node) => {
    const name = freshName(document, node.name.replace(/[^A-Za-z0-9_-]/g, '').replace(/^[^A-Za-z]+/, '').replace(/\d+$/, '') || 'layer', taken);
    taken.add(name);
    renamed.set(node.id, name);
    return {
      ...node,
      id: name,
      name,
      position: { x: node.position.x + offset.x, y: node.position.y + offset.y },
    };
  });
  const edges = clip.edges.flatMap((edge) => {
    const from = renamed.get(edge.from.node);
    const to = renamed.get(edge.to.node);
    return from && to ? [{ from: { ...edge.from, node: from }, to: { ...edge.to, node: to } }] : [];
  });
  return { ids: nodes.map((node) => node.id), edits: [{ kind: 'addNodes', nodes, edges }] };
}
