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
    <dl className={classes('mono flex flex-col gap-y-0.5', className)}>
      {rows.map(([name, value]) =>
        value === null ? null : (
          <div key={name} className="flex justify-between gap-x-3">
            <dt className="whitespace-nowrap text-muted">{name}</dt>
            <dd className="min-w-0 text-right wrap-break-word">{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
