import type { ComponentProps } from 'react';
import { classes } from './classes';
import { Tooltip } from './Tooltip';

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'aria-label'> {
  /** What it does: its name and its tooltip. */
  readonly label: string;
  /** For toggles. */
  readonly pressed?: boolean;
}

/** An action that its icon says, named for those who don't see it. */
export function IconButton({ label, pressed, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label}>
      <button
        type="button"
        aria-label={label}
        aria-pressed={pressed}
        className={classes(
          'inline-grid size-6 shrink-0 place-items-center rounded-md text-muted transition-colors',
          'hover:bg-ground hover:text-ink',
          'disabled:cursor-default disabled:opacity-40 aria-pressed:text-accent',
          className,
        )}
        {...rest}
      />
    </Tooltip>
  );
}
