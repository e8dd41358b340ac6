import type { ReactNode } from 'react';
import { classes } from './classes';

interface CardProps {
  readonly title?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}

/** A bordered box with a small heading. */
export function Card({ title, children, className }: CardProps) {
  return (
    <section className={classes('rounded-[9px] border border-line px-3 py-2.5', className)}>
      {title && <h3 className="mb-1.5 text-xs font-semibold text-muted">{title}</h3>}
      {children}
    </section>
  );
}

/** A part of a panel, headed, without a border. */
export function Section({ title, children, className }: CardProps) {
  return (
    <section className={classes('flex flex-col gap-1.5', className)}>
      {title && <h3 className="mb-0.5 font-semibold">{title}</h3>}
      {children}
    </section>
  );
}
