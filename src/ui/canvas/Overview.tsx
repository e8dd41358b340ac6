import { MiniMap, useStore } from '@xyflow/react';
import { boundsOf } from '@/graph/layout';
import { definitionOf } from '@/graph/ports';
import { useDocument } from '../useApp';
import { lookOf } from './families';
import type { LayerFlowNode } from './flow';

const color = ({ data }: LayerFlowNode) => lookOf(definitionOf(data.node)?.family).color;

/** The minimap: there as soon as a part of the drawing lies out of sight, so that it never covers what is all seen. */
export function Overview() {
  const document = useDocument((state) => state.drawing);
  const { x, y, width, height } = boundsOf(document);
  const whole = useStore(
    ({ transform: [left, top, zoom], width: seenWidth, height: seenHeight }) =>
      x * zoom + left >= 0 &&
      y * zoom + top >= 0 &&
      (x + width) * zoom + left <= seenWidth &&
      (y + height) * zoom + top <= seenHeight,
  );
  const roomy = useStore((state) => state.width >= 480);
  if (whole || !roomy || document.nodes.length < 2) return null;
  return (
    <MiniMap<LayerFlowNode>
      pannable
      zoomable
      position="bottom-right"
      nodeColor={color}
      nodeBorderRadius={8}
      maskColor="color-mix(in oklab, var(--ground) 65%, transparent)"
      ariaLabel="Overview of the network"
    />
  );
}
