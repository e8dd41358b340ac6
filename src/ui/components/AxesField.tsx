import { useState } from 'react';
import { Link2, Unlink2 } from 'lucide-react';
import { onEachAxis, spatialAxes, type Rank } from '@/core/shape';
import { IconButton } from './IconButton';
import { NumberField } from './NumberField';

interface AxesFieldProps {
  /** Names the fields: `Kernel, height`, `Kernel, width`. */
  readonly label: string;
  readonly rank: Rank;
  readonly value: readonly number[];
  readonly min?: number;
  readonly max?: number;
  readonly invalid?: boolean;
  readonly describedBy?: string;
  readonly onChange: (value: readonly number[], mark: string) => void;
}

/** A number per spatial axis, together while the link is closed. */
export function AxesField({ label, rank, value, min, max, invalid, describedBy, onChange }: AxesFieldProps) {
  const [wanted, setWanted] = useState(true);
  const equal = new Set(value).size === 1;
  const linked = wanted && equal;
  return (
    <div className="flex min-w-0 items-start gap-0.5">
      {spatialAxes[rank].map((axis, index) => (
        <NumberField
          key={axis}
          whole
          min={min}
          max={max}
          label={`${label}, ${axis}`}
          value={value[index]}
          invalid={invalid}
          describedBy={describedBy}
          className="px-1.5!"
          onChange={(size, mark) => onChange(linked ? onEachAxis(rank, size) : value.with(index, size), mark)}
        />
      ))}
      {rank > 1 && (
        <IconButton
          label={linked ? `${label}: all axes go together` : `${label}: axes apart`}
          pressed={linked}
          className="mt-0.5"
          onClick={() => {
            setWanted(!linked);
            if (!linked && !equal) onChange(onEachAxis(rank, value[0] ?? min ?? 1), `link ${label}`);
          }}
        >
          {linked ? <Link2 size={13} aria-hidden /> : <Unlink2 size={13} aria-hidden />}
        </IconButton>
      )}
    </div>
  );
}
