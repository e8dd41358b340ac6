import { useEffect, useRef, useState } from 'react';
import type { Position } from '@/graph/document';
import { nodesById } from '@/graph/ports';
import { useApp } from '../useApp';

type Positions = ReadonlyMap<string, Position>;
const none: Positions = new Map();
const duration = 180;
/** Above so many moving nodes the way is not drawn, only the end. */
const mostAnimated = 400;

const still = () => window.matchMedia('(prefers-reduced-motion: reduce)').matches;
const eased = (t: number) => 1 - (1 - t) ** 3;

/**
 * Positions on the way to the document's: of nodes that are being dragged, and for a moment of nodes that layout or
 * undo has moved. The document knows only where they end.
 */
export function useDisplayed(): {
  readonly moving: Positions;
  readonly drag: (positions: Positions) => void;
  readonly drop: () => Readonly<Record<string, Position>>;
} {
  const { documents } = useApp();
  const [moving, setMoving] = useState<Positions>(none);
  const dragged = useRef<Positions>(none);
  const shown = useRef<Positions>(none);
  const frame = useRef(0);

  useEffect(() => {
    const put = (positions: Positions) => {
      shown.current = positions;
      setMoving(positions);
    };
    const stop = documents.subscribe((state, before) => {
      if (state.drawing.nodes === before.drawing.nodes || state.id !== before.id || state.sheet !== before.sheet) return;
      const old = nodesById(before.drawing);
      const from = new Map<string, Position>();
      for (const node of state.drawing.nodes) {
        const was = shown.current.get(node.id) ?? old.get(node.id)?.position;
        if (was && (was.x !== node.position.x || was.y !== node.position.y)) from.set(node.id, was);
      }
      cancelAnimationFrame(frame.current);
      if (from.size === 0 || from.size > mostAnimated || still()) return put(none);
      const to = nodesById(state.drawing);
      const begin = performance.now();
      const tick = (now: number) => {
        const t = eased(Math.min(1, (now - begin) / duration));
        if (t >= 1) return put(none);
        put(
          new Map(
            [...from].map(([id, was]) => {
              const end = to.get(id)?.position ?? was;
              return [id, { x: was.x + (end.x - was.x) * t, y: was.y + (end.y - was.y) * t }];
            }),
          ),
        );
        frame.current = requestAnimationFrame(tick);
      };
      put(from);
      frame.current = requestAnimationFrame(tick);
    });
    return () => {
      stop();
      cancelAnimationFrame(frame.current);
    };
  }, [documents]);

  return {
    moving,
    drag: (positions) => {
      dragged.current = new Map([...dragged.current, ...positions]);
      shown.current = dragged.current;
      setMoving(dragged.current);
    },
    // What was dragged stands where it was dropped, so that nothing is left to animate.
    drop: () => {
      const positions = Object.fromEntries(dragged.current);
      dragged.current = none;
      if (Object.keys(positions).length > 0) {
        requestAnimationFrame(() => {
          shown.current = none;
          setMoving(none);
        });
      }
      return positions;
    },
  };
}
