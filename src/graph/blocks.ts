import { z } from 'zod';
import { idSchema, type Block, type Graph, type GraphNode, type LoomDocument } from './document';

/** The type of nodes that stand for a block; layers have theirs from the registry. */
export const blockType = 'block';
/** The types of a block's port nodes. */
export const portTypes = { input: 'blockInput', output: 'blockOutput' } as const;

export const isBlock = (node: GraphNode): boolean => node.type === blockType;

const expressionSchema = z.object({ expr: z.string().max(500) });
const valuesSchema = z.record(z.string(), z.union([z.number(), z.boolean(), z.string().max(64), expressionSchema]));

/** Most repetitions of one use. */
export const mostRepetitions = 1000;

/** The parameters of a node that stands for a block. */
export const useSchema = z.object({
  block: idSchema,
  /** How often, one after the other, each with weights of its own. Left out: once, and paths count no repetition. */
  repeat: z.union([z.int().min(1).max(mostRepetitions), expressionSchema]).optional(),
  /** Of the block's parameters; may name those of the block around, and `i`. */
  values: valuesSchema.default({}),
  /** What is different in the first repetition. */
  first: valuesSchema.default({}),
});
export type BlockUse = Readonly<z.infer<typeof useSchema>>;

const uses = new WeakMap<GraphNode['params'], BlockUse | null>();

/** What a node of type `block` says; `null` where it can't be read. */
export function readUse(node: GraphNode): BlockUse | null {
  const known = uses.get(node.params);
  if (known !== undefined) return known;
  const parsed = useSchema.safeParse(node.params);
  const use = parsed.success ? parsed.data : null;
  uses.set(node.params, use);
  return use;
}

/** The block that a node stands for, where there is one. */
export function blockOf({ blocks }: Pick<LoomDocument, 'blocks'>, node: GraphNode): Block | undefined {
  const use = isBlock(node) ? readUse(node) : null;
  return use && Object.hasOwn(blocks, use.block) ? blocks[use.block] : undefined;
}

export interface BlockPorts {
  readonly inputs: readonly GraphNode[];
  readonly outputs: readonly GraphNode[];
}

const ports = new WeakMap<readonly GraphNode[], BlockPorts>();

/** The port nodes of a block, in the order of its ports. */
export function portsOf({ nodes }: Pick<Graph, 'nodes'>): BlockPorts {
  const known = ports.get(nodes);
  if (known) return known;
  const of = (type: string) => nodes.filter((node) => node.type === type);
  const found = { inputs: of(portTypes.input), outputs: of(portTypes.output) };
  ports.set(nodes, found);
  return found;
}

/** Ids of the blocks that a graph uses, itself or through others; a cycle is followed once. */
export function blocksUsed({ blocks }: Pick<LoomDocument, 'blocks'>, { nodes }: Pick<Graph, 'nodes'>): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (all: readonly GraphNode[]) => {
    for (const node of all) {
      const use = isBlock(node) ? readUse(node) : null;
      if (use && Object.hasOwn(blocks, use.block)) found.add(use.block);
    }
  };
  add(nodes);
  // A set that grows is visited to its end.
  for (const id of found) add(blocks[id]!.nodes);
  return found;
}
