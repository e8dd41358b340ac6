import { Position as Side, type Edge as FlowEdge, type Node as FlowNode, type NodeHandle } from '@xyflow/react';
import { edgeId, type Edge, type GraphNode, type LoomDocument, type Port, type Position } from '@/graph/document';
import { nodeSize } from '@/graph/factory';
import { inputCount, isVariadic, outputCount, portOffset } from '@/graph/ports';

export type LayerFlowNode = FlowNode<
  { readonly node: GraphNode; readonly inputs: number; readonly outputs: number; readonly variadic: boolean },
  'layer'
>;
export type WireFlowEdge = FlowEdge<{ readonly edge: Edge }, 'wire'>;

export const inputHandle = (port: number): string => `i${port}`;
export const outputHandle = (port: number): string => `o${port}`;

/** The port that a handle of React Flow stands for. */
export const portOf = (node: string, handle: string | null | undefined): Port => ({
  node,
  port: Number((handle ?? '').slice(1)) || 0,
});

function handles(inputs: number, outputs: number): NodeHandle[] {
  const one = (id: string, type: 'source' | 'target', index: number, count: number): NodeHandle => ({
    id,
    type,
    position: type === 'target' ? Side.Top : Side.Bottom,
    x: portOffset(index, count) - 0.5,
    y: type === 'target' ? 0 : nodeSize.height - 1,
    width: 1,
    height: 1,
  });
  return [
    ...Array.from({ length: inputs }, (_, port) => one(inputHandle(port), 'target', port, inputs)),
    ...Array.from({ length: outputs }, (_, port) => one(outputHandle(port), 'source', port, outputs)),
  ];
}

const nodeCache = new WeakMap<GraphNode, LayerFlowNode>();

function flowNode(document: LoomDocument, node: GraphNode, selected: boolean, position: Position): LayerFlowNode {
  const inputs = inputCount(document, node);
  const outputs = outputCount(document, node);
  const known = nodeCache.get(node);
  if (
    known &&
    known.selected === selected &&
    known.position === position &&
    known.data.inputs === inputs &&
    known.data.outputs === outputs
  ) {
    return known;
  }
  const sameData = known && known.data.inputs === inputs && known.data.outputs === outputs;
  const fresh: LayerFlowNode = {
    id: node.id,
    type: 'layer',
    position,
    selected,
    data: sameData ? known.data : { node, inputs, outputs, variadic: isVariadic(node) },
    ...nodeSize,
    measured: nodeSize,
    handles: sameData && known.handles ? known.handles : handles(inputs, outputs),
  };
  nodeCache.set(node, fresh);
  return fresh;
}

/** The document's nodes as React Flow takes them; what did not change stays the same object. `moving`: positions on the way. */
export function flowNodes(
  document: LoomDocument,
  selection: ReadonlySet<string>,
  moving: ReadonlyMap<string, Position>,
): LayerFlowNode[] {
  return document.nodes.map((node) => flowNode(document, node, selection.has(node.id), moving.get(node.id) ?? node.position));
}

const edgeCache = new WeakMap<Edge, WireFlowEdge>();

export function flowEdges(document: LoomDocument, selection: ReadonlySet<string>): WireFlowEdge[] {
  return document.edges.map((edge) => {
    const id = edgeId(edge);
    const selected = selection.has(id);
    const known = edgeCache.get(edge);
    if (known && known.selected === selected) return known;
    const fresh: WireFlowEdge = {
      id,
      type: 'wire',
      source: edge.from.node,
      sourceHandle: outputHandle(edge.from.port),
      target: edge.to.node,
      targetHandle: inputHandle(edge.to.port),
      selected,
      data: { edge },
    };
    edgeCache.set(edge, fresh);
    return fresh;
  });
}
