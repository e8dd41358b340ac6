import type { ComponentProps } from 'react';
import { classes } from './classes';

interface ButtonProps extends ComponentProps<'button'> {
  /** `primary` for the one main action of its place. */
  readonly kind?: 'plain' | 'primary' | 'quiet';
  readonly small?: boolean;
}

const looks = {
  plain: 'border-line bg-panel text-ink hover:border-line-strong',
  primary: 'border-accent bg-accent font-semibold text-on-accent hover:brightness-110',
  quiet: 'border-transparent bg-transparent text-muted hover:text-ink',
} as const;

/** An action in words, with an icon before them where it helps. */
export function Button({ kind = 'plain', small = false, className, type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      className={classes(
        'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-[7px] border whitespace-',
        'nowrap transition-colors',
        'disabled:cursor-default disabled:opacity-50 aria-disabled:cursor-default aria-disabled:opacity-50',
        small ? 'min-h-6 px-2 py-0.5 text-xs' : 'min-h-7.5 px-2.5 py-1',
        looks[kind],
        className,
      )}
      {...rest}
    />
  );
}
