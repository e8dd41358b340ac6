import { blockType } from '@/graph/blocks';
import { emptyDocument, type Edge, type GraphNode, type LoomDocument } from '@/graph/document';

/** A node whose name is its id. */
export const node = (id: string, type: string, params: GraphNode['params'] = {}, more: Partial<GraphNode> = {}): GraphNode => ({
  id,
  type,
  version: 1,
  name: id,
  params,
  position: { x: 0, y: 0 },
  ...more,
});

/** A node that stands for a block. */
export const use = (id: string, block: string, params: object = {}): GraphNode => node(id, blockType, { block, ...params });

/** `a>b`, `a>b.1`: from output 0 of one node to an input of the other. */
export const wires = (...texts: readonly string[]): readonly Edge[] =>
  texts.map((text) => {
    const [from = '', to = ''] = text.split('>');
    const [target = '', port = '0'] = to.split('.');
    return { from: { node: from, port: 0 }, to: { node: target, port: Number(port) } };
  });

/** A document without data, so that nothing is said of what would fit it. */
export const network = (nodes: readonly GraphNode[], edges: readonly Edge[], blocks: LoomDocument['blocks'] = {}): LoomDocument => ({
  ...emptyDocument('net'),
  dataset: null,
  nodes,
  edges,
  blocks,
});
