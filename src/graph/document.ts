import { z } from 'zod';
import { defaultRecipe, recipeSchema } from '@/recipe/recipe';
import { documentVersion } from './migrate';
import { parameterSchema, type BlockParameter } from './parameter';

/** Ids are stable names of nodes: they key weights and stand in node paths, so no slash. */
export const idSchema = z
  .string()
  .regex(/^[A-Za-z][\w-]{0,63}$/, 'an id of letters, digits, - and _ that begins with a letter');

const portSchema = z.object({ node: idSchema, port: z.int().min(0).max(4095) });
const coordinate = z.number().min(-1e7).max(1e7);

export const nodeSchema = z.object({
  id: idSchema,
  /** A layer's type; one that this version lacks stays in the document and is reported. */
  type: z.string().min(1).max(64),
  /** Version of the layer's parameters. */
  version: z.int().min(1).default(1),
  name: z.string().min(1).max(64),
  params: z.record(z.string(), z.unknown()).default({}),
  /** An expression, inside blocks: where it is false the node is skipped, and what comes in goes on. */
  when: z.string().max(500).optional(),
  position: z.object({ x: coordinate, y: coordinate }),
});

export const edgeSchema = z.object({ from: portSchema, to: portSchema });

/** A piece of network that is drawn once and used at many places. Its ports are nodes of it, in their order. */
export const blockSchema = z.object({
  name: z.string().min(1).max(64),
  note: z.string().max(10_000).optional(),
  reference: z.string().max(1_000).optional(),
  /** What each use of it may set, and expressions inside may name. */
  params: z.array(parameterSchema).max(64).default([]),
  nodes: z.array(nodeSchema).max(10_000),
  edges: z.array(edgeSchema).max(40_000),
});

export const documentSchema = z.object({
  format: z.literal('layerloom'),
  version: z.literal(documentVersion),
  name: z.string().max(200),
  /** What to notice, for presets; the author's own words. */
  note: z.string().max(10_000).optional(),
  reference: z.string().max(1_000).optional(),
  /** Seeds the initial weights, the order of examples and every other draw. */
  seed: z.int().min(0).max(2 ** 32 - 1),
  /** A division of the convolution arithmetic that is not whole is an error. */
  strict: z.boolean(),
  dataset: z.string().nullable(),
  recipe: recipeSchema,
  /** By id. A node of type `block` says which one it is. */
  blocks: z.record(idSchema, blockSchema).default({}),
  nodes: z.array(nodeSchema).max(100_000),
  edges: z.array(edgeSchema).max(400_000),
});

export type GraphNode = Readonly<z.infer<typeof nodeSchema>>;
export type Edge = Readonly<z.infer<typeof edgeSchema>>;
export type Port = Edge['from'];
export type Position = GraphNode['position'];
/** Nodes and the wires among them: a document, or a block. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly Edge[];
}
export type Block = Readonly<Omit<z.infer<typeof blockSchema>, 'nodes' | 'edges' | 'params'>> &
  Graph & { readonly params: readonly BlockParameter[] };
export type Blocks = Readonly<Record<string, Block>>;
/** What the user draws. Immutable: edits return a new one that shares what they left alone. */
export type LoomDocument = Readonly<Omit<z.infer<typeof documentSchema>, 'nodes' | 'edges' | 'blocks'>> &
  Graph & { readonly blocks: Blocks };

export function emptyDocument(name = 'Untitled network'): LoomDocument {
  return {
    format: 'layerloom',
    version: documentVersion,
    name,
    seed: 1,
    strict: false,
    dataset: 'digits',
    recipe: defaultRecipe,
    blocks: {},
    nodes: [],
    edges: [],
  };
}

/** Edges have no id of their own: the two ports say which one it is. */
export const edgeId = (edge: Edge): string =>
  `${edge.from.node}.${edge.from.port}>${edge.to.node}.${edge.to.port}`;

export const samePort = (a: Port, b: Port): boolean => a.node === b.node && a.port === b.port;
