import type { ReactNode } from 'react';
import { Tabs as Primitive } from 'radix-ui';
import { classes } from './classes';

export interface Tab<T extends string> {
  readonly value: T;
  readonly label: ReactNode;
  readonly content: ReactNode;
}

interface TabsProps<T extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<T>[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  /** What else stands in the line of the tabs, at its end. */
  readonly aside?: ReactNode;
  /** Hides the contents and leaves the line. */
  readonly collapsed?: boolean;
  readonly compact?: boolean;
  readonly className?: string;
}

/** Tabs in a line, the chosen one underlined. Fills its parent; the contents scroll. */
export function Tabs<T extends string>({
  label,
  tabs,
  value,
  onChange,
  aside,
  collapsed,
  compact,
  className,
}: TabsProps<T>) {
  return (
    <Primitive.Root
      value={value}
      onValueChange={(next) => {
        const tab = tabs.find((candidate) => candidate.value === next);
        if (tab) onChange(tab.value);
      }}
      className={classes('flex min-h-0 min-w-0 flex-col', className)}
    >
      <div className={classes('flex shrink-0 items-stretch gap-3 px-3.5', !collapsed && 'border-b border-line')}>
        <Primitive.List aria-label={label} className="flex items-stretch gap-4">
          {tabs.map((tab) => (
            <Primitive.Trigger
              key={tab.value}
              value={tab.value}
              className={classes(
                '-mb-px border-b-2 border-transparent whitespace-nowrap text-muted hover:text-ink',
                !collapsed && 'data-[state=active]:border-accent',
                'data-[state=active]:font-semibold data-[state=active]:text-ink',
                compact ? 'pt-2 pb-1.5' : 'pt-2.5 pb-2',
              )}
            >
              {tab.label}
            </Primitive.Trigger>
          ))}
        </Primitive.List>
        {aside}
      </div>
      {!collapsed &&
        tabs.map((tab) => (
          <Primitive.Content
            key={tab.value}
            value={tab.value}
            className="min-h-0 flex-1 overflow-y-auto data-[state=inactive]:hidden"
          >
            {tab.content}
          </Primitive.Content>
        ))}
    </Primitive.Root>
  );
}
