import { Check, ChevronDown } from 'lucide-react';
import { Select as Primitive } from 'radix-ui';
import { classes } from './classes';

export interface SelectOption<T extends string> {
  readonly value: T;
  readonly label: string;
  /** A second line in the list. */
  readonly note?: string;
}

interface SelectProps<T extends string> {
  readonly options: readonly SelectOption<T>[];
  readonly value: string;
  readonly onChange: (value: T) => void;
  readonly id?: string;
  readonly label?: string;
  readonly describedBy?: string;
  readonly invalid?: boolean;
  readonly disabled?: boolean;
  readonly placeholder?: string;
  readonly small?: boolean;
  readonly className?: string;
}

/** One of several. A value that is none of the options stays visible as it is. */
export function Select<T extends string>(props: SelectProps<T>) {
  const { options, value, onChange } = props;
  const current = options.find((option) => option.value === value);
  return (
    <Primitive.Root
      value={value}
      disabled={props.disabled}
      onValueChange={(next) => {
        const option = options.find((candidate) => candidate.value === next);
        if (option) onChange(option.value);
      }}
    >
      <Primitive.Trigger
        id={props.id}
        aria-label={props.label}
        aria-describedby={props.describedBy}
        aria-invalid={props.invalid || undefined}
        className={classes(
          'flex w-full min-w-0 items-center justify-between gap-2 rounded-md border border-line bg-panel',
          'text-left text-ink',
          'hover:border-line-strong disabled:cursor-default disabled:opacity-50 aria-invalid:border-error',
          props.small ? 'h-7.5 px-2 text-sm' : 'h-7 px-2',
          props.className,
        )}
      >
        <span className={classes('truncate', !current && 'text-muted')}>
          <Primitive.Value placeholder={props.placeholder ?? 'Choose …'}>{current?.label ?? value}</Primitive.Value>
        </span>
        <ChevronDown size={14} aria-hidden className="shrink-0 text-muted" />
      </Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className={classes(
            'z-50 max-h-(--radix-select-content-available-height) max-w-80 min-w-(--radix-select-trigger-width)',
            'overflow-hidden rounded-lg border border-line bg-panel text-ink shadow-card',
          )}
        >
          <Primitive.Viewport className="p-1">
            {options.map((option) => (
              <Primitive.Item
                key={option.value}
                value={option.value}
                className={classes(
                  'flex cursor-pointer items-start gap-2 rounded-md py-1 pr-2 pl-1.5 outline-none select-none',
                  'data-highlighted:bg-accent/12',
                )}
              >
                <span className="mt-0.5 w-3.5 shrink-0">
                  <Primitive.ItemIndicator>
                    <Check size={14} aria-hidden className="text-accent" />
                  </Primitive.ItemIndicator>
                </span>
                <span>
                  <Primitive.ItemText>{option.label}</Primitive.ItemText>
                  {option.note && <span className="block text-xs text-muted">{option.note}</span>}
                </span>
              </Primitive.Item>
            ))}
          </Primitive.Viewport>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
