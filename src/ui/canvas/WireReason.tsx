import { useConnection, ViewportPortal } from '@xyflow/react';
import { wireOutcome } from '@/state/wiring';
import { useApp } from '../useApp';
import { portOf } from './flow';

/** While a wire is dragged over a port that can't take it: why. */
export function WireReason() {
  const { documents } = useApp();
  const over = useConnection((connection) =>
    connection.inProgress && connection.toHandle && connection.isValid === false ? connection : null,
  );
  if (!over?.toHandle) return null;
  const [a, b] = [
    { type: over.fromHandle.type, port: portOf(over.fromHandle.nodeId, over.fromHandle.id) },
    { type: over.toHandle.type, port: portOf(over.toHandle.nodeId, over.toHandle.id) },
  ];
  const same = a.type === b.type;
  const [from, to] = a.type === 'source' ? [a.port, b.port] : [b.port, a.port];
  const why = same
    ? 'A wire leads from an output to an input.'
    : wireOutcome(documents.getState().drawing, from, to).problem?.message;
  if (!why) return null;
  return (
    <ViewportPortal>
      <div
        className="pointer-events-none absolute w-[240px] rounded-lg border border-error/45 bg-error-ground px-2.5 py-1.5 text-sm shadow-card"
        style={{ transform: `translate(${over.to.x + 16}px, ${over.to.y + 14}px)`, zIndex: 2000 }}
      >
        <span className="font-semibold text-error">Can’t wire. </span>
        {why}
      </div>
    </ViewportPortal>
  );
}
