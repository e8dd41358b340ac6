import { BaseEdge, EdgeLabelRenderer, useStore, type EdgeProps } from '@xyflow/react';
import { memo, useState } from 'react';
import { compilationOf } from '@/state/compilation';
import { portShapeText } from '@/state/wiring';
import { useApp, useDocument } from '../useApp';
import type { WireFlowEdge } from './flow';
import { routeWire } from './routes';

/** A wire with the shape that it carries: said on hover and selection, and always when the drawing is near. */
export const WireEdge = memo(function WireEdge({ id, sourceX, sourceY, targetX, targetY, selected, data }: EdgeProps<WireFlowEdge>) {
  const { documents } = useApp();
  const [hovered, setHovered] = useState(false);
  const near = useStore((state) => state.transform[2] >= 1.25);
  const shape = useDocument(({ drawing: document }) => (data ? portShapeText(document, data.edge.from) : ''));
  const wrong = useDocument(({ drawing: document }) => {
    const found = compilationOf(document).problems.find((problem) => problem.edge === id);
    return found?.severity ?? null;
  });
  const { path, label } = routeWire(
    { x: sourceX, y: sourceY },
    { x: targetX, y: targetY },
    documents.getState().drawing.nodes.filter((node) => node.id !== data?.edge.from.node && node.id !== data?.edge.to.node),
  );
  const color = wrong === 'error' ? 'var(--error)' : wrong ? 'var(--warn)' : selected ? 'var(--accent)' : 'var(--wire)';
  return (
    <>
      <g onPointerEnter={() => setHovered(true)} onPointerLeave={() => setHovered(false)}>
        <BaseEdge
          id={id}
          path={path}
          interactionWidth={18}
          style={{ stroke: hovered && !selected && !wrong ? 'var(--line-strong)' : color, strokeWidth: selected ? 2.2 : 1.6 }}
        />
      </g>
      {shape && (hovered || selected || near) && (
        <EdgeLabelRenderer>
          <span
            className="mono pointer-events-none absolute rounded-[5px] border border-line bg-panel px-1.5 text-xs text-muted"
            style={{ transform: `translate(-50%, -50%) translate(${label.x}px, ${label.y}px)`, zIndex: 1200 }}
          >
            {shape}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
