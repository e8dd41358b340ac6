import { useState, type KeyboardEvent, type PointerEvent } from 'react';
import { classes } from '../components/classes';

interface ResizeHandleProps {
  readonly height: number;
  readonly min: number;
  readonly max: () => number;
  readonly onChange: (height: number) => void;
}

/** The dock's upper edge: drag it, or move it with the arrow keys. */
export function ResizeHandle({ height, min, max, onChange }: ResizeHandleProps) {
  const [grip, setGrip] = useState<{ readonly y: number; readonly height: number } | null>(null);
  const set = (next: number) => onChange(Math.round(Math.min(max(), Math.max(min, next))));
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    setGrip({ y: event.clientY, height });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.shiftKey ? 64 : 16;
    const moves: Readonly<Record<string, number>> = {
      ArrowUp: height + by,
      ArrowDown: height - by,
      Home: min,
      End: max(),
    };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    set(next);
  };
  return (
    <div
      role="separator"
      aria-orientation="horizontal"
      aria-label="Height of the dock"
      aria-valuenow={height}
      aria-valuemin={min}
      tabIndex={0}
      className={classes(
        'absolute inset-x-0 top-0 z-10 h-1.5 cursor-row-resize touch-none -outline-offset-2',
        'transition-colors hover:bg-accent/30',
      )}
      onPointerDown={onPointerDown}
      onPointerMove={(event) => grip && set(grip.height + grip.y - event.clientY)}
      onPointerUp={() => setGrip(null)}
      onPointerCancel={() => setGrip(null)}
      onKeyDown={onKeyDown}
    />
  );
}
