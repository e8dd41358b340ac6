import { useId, type CSSProperties, type ReactNode } from 'react';
import { classes } from './classes';

/** Ids that tie a control to its label and to what is said about it. */
export interface FieldIds {
  readonly id: string;
  readonly labelId: string;
  readonly describedBy: string | undefined;
}

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  /** Underlines the label, as the formula underlines the term that this field sets. */
  readonly colour?: string;
  /** The counterpart in the formula is pointed at. */
  readonly lit?: boolean;
  /** For groups of several controls, whose label names the group instead of one of them. */
  readonly group?: boolean;
  readonly describedBy?: string;
  readonly onPoint?: (on: boolean) => void;
  readonly children: (ids: FieldIds) => ReactNode;
}

/** A form row: label left, control right, hint below. */
export function Field({ label, hint, colour, lit, group, describedBy, onPoint, children }: FieldProps) {
  const id = useId();
  const labelId = `${id}label`;
  const hintId = `${id}hint`;
  const described = [hint ? hintId : null, describedBy].filter(Boolean).join(' ') || undefined;
  const mark = (
    <span className={classes(colour && 'border-b-2 pb-px')} style={colour ? { borderColor: colour } : undefined}>
      {label}
    </span>
  );
  const style: CSSProperties | undefined =
    lit && colour ? { background: `color-mix(in oklab, ${colour} 12%, transparent)` } : undefined;
  return (
    <div
      className={classes(
        '-mx-1.5 grid grid-cols-[92px_minmax(0,1fr)] items-start gap-x-1 rounded-md px-1.5',
        'py-0.5 transition-colors',
      )}
      style={style}
      role={group ? 'group' : undefined}
      aria-labelledby={group ? labelId : undefined}
      aria-describedby={group ? described : undefined}
      onPointerEnter={onPoint && (() => onPoint(true))}
      onPointerLeave={onPoint && (() => onPoint(false))}
      onFocus={onPoint && (() => onPoint(true))}
      onBlur={onPoint && (() => onPoint(false))}
    >
      {group ? (
        <span id={labelId} className="flex min-h-7 items-center leading-tight text-muted">
          {mark}
        </span>
      ) : (
        <label id={labelId} htmlFor={id} className="flex min-h-7 items-center leading-tight text-muted">
          {mark}
        </label>
      )}
      <div className="flex min-h-7 min-w-0 flex-col justify-center gap-1">
        {children({ id, labelId, describedBy: described })}
        {hint && (
          <p id={hintId} className="text-xs text-muted">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}

/** How every text control looks. */
export const controlClass =
  'h-7 w-full min-w-0 rounded-md border border-line bg-panel px-2 text-ink hover:border-line-strong ' +
  'aria-invalid:border-error';
