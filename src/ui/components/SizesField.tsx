import { Minus, Plus } from 'lucide-react';
import { Fragment } from 'react';
import { spatialAxes, type Rank } from '@/core/shape';
import { IconButton } from './IconButton';
import { NumberField } from './NumberField';

interface SizesFieldProps {
  readonly label: string;
  readonly value: readonly number[];
  /** The smallest that is allowed: 1, or −1 for the rest. */
  readonly min: number;
  /** What an entry is called where it is not the size of an axis. */
  readonly entry: string | null;
  /** Whether a list of so many sizes is allowed. */
  readonly allows: (value: readonly number[]) => boolean;
  readonly invalid?: boolean;
  readonly describedBy?: string;
  readonly onChange: (value: readonly number[], mark?: string) => void;
}

/** Names of the axes of one example, channels last. */
const axisNames = (count: number): readonly string[] =>
  count === 1 ? ['features'] : [...(spatialAxes[(count - 1) as Rank] ?? []), 'channels'];

/** Sizes of one example: `28 × 28 × 1`, an axis more or less at the buttons. */
export function SizesField({ label, value, min, entry, allows, invalid, describedBy, onChange }: SizesFieldProps) {
  const names = entry ? value.map((_, i) => `${entry} ${i + 1}`) : axisNames(value.length);
  const sign = entry ? '·' : '×';
  const longer = [...value, 1];
  const shorter = value.slice(0, -1);
  return (
    <div className="flex min-w-0 items-start gap-1">
      {value.map((size, axis) => (
        <Fragment key={axis}>
          {axis > 0 && (
            <span aria-hidden className="leading-7 text-faint">
              {sign}
            </span>
          )}
          <NumberField
            whole
            min={min}
            label={`${label} ${names[axis] ?? `axis ${axis + 1}`}`}
            value={size}
            invalid={invalid}
            describedBy={describedBy}
            className="px-1.5!"
            onChange={(next, mark) => onChange(value.with(axis, next), mark)}
          />
        </Fragment>
      ))}
      <div className="flex pt-0.5">
        <IconButton
          label={`${label}: one ${entry ?? 'axis'} less`}
          className="w-5"
          disabled={!allows(shorter)}
          onClick={() => onChange(shorter)}
        >
          <Minus size={13} aria-hidden />
        </IconButton>
        <IconButton
          label={`${label}: one ${entry ?? 'axis'} more`}
          className="w-5"
          disabled={!allows(longer)}
          onClick={() => onChange(longer)}
        >
          <Plus size={13} aria-hidden />
        </IconButton>
      </div>
    </div>
  );
}
