import type { ReactNode } from 'react';
import { classes } from './classes';

interface KeyValueProps {
  /** Name and figure; a `null` figure leaves the row out. */
  readonly rows: readonly (readonly [name: string, value: ReactNode])[];
  readonly className?: string;
}

/** Names left, figures right, in tabular digits. */
export function KeyValue({ rows, className }: KeyValueProps) {
  return (
    <dl className={classes('mono grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5', className)}>
      {rows.map(([name, value]) =>
        value === null ? null : (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="text-right">{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
