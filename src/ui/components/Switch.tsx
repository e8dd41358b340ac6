import { Switch as Primitive } from 'radix-ui';
import { classes } from './classes';

interface SwitchProps {
  readonly value: boolean;
  readonly onChange: (value: boolean) => void;
  readonly id?: string;
  readonly label?: string;
  readonly describedBy?: string;
}

/** On or off, at once. */
export function Switch({ value, onChange, id, label, describedBy }: SwitchProps) {
  return (
    <Primitive.Root
      id={id}
      aria-label={label}
      aria-describedby={describedBy}
      checked={value}
      onCheckedChange={onChange}
      className={classes(
        'my-1 inline-flex h-5 w-8.5 items-center rounded-full bg-line-strong px-0.5 transition-',
        'colors data-[state=checked]:bg-accent',
      )}
    >
      <Primitive.Thumb
        className={classes(
          'size-4 rounded-full bg-panel shadow-sm transition-transform',
          'data-[state=checked]:translate-x-3.5',
        )}
      />
    </Primitive.Root>
  );
}
