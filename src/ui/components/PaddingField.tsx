import { useState } from 'react';
import { Link2, Unlink2 } from 'lucide-react';
import type { Padding, Pair } from '@/core/params';
import { onEachAxis, type Rank } from '@/core/shape';
import { IconButton } from './IconButton';
import { NumberField } from './NumberField';
import { Select } from './Select';

interface PaddingFieldProps {
  readonly label: string;
  readonly rank: Rank;
  readonly value: Padding;
  /** Whether numbers per side are allowed. */
  readonly numeric: boolean;
  /** Whether all of it may stand before the first step. */
  readonly causal: boolean;
  readonly id?: string;
  readonly invalid?: boolean;
  readonly describedBy?: string;
  readonly onChange: (value: Padding, mark?: string) => void;
}

interface Side {
  readonly name: string;
  readonly arrow: string;
}
type Sides = readonly [before: Side, after: Side];
const steps: Sides = [
  { name: 'before', arrow: '←' },
  { name: 'after', arrow: '→' },
];
const depth: Sides = [
  { name: 'front', arrow: '↗' },
  { name: 'back', arrow: '↙' },
];
const height: Sides = [
  { name: 'top', arrow: '↑' },
  { name: 'bottom', arrow: '↓' },
];
const width: Sides = [
  { name: 'left', arrow: '←' },
  { name: 'right', arrow: '→' },
];
/** The two sides of each axis, in the order of the axes. */
const sidesOf: Readonly<Record<Rank, readonly Sides[]>> = {
  1: [steps],
  2: [height, width],
  3: [depth, height, width],
};

const named = [
  { value: 'valid', label: 'Valid (none)' },
  { value: 'same', label: 'Same' },
] as const;
const causalOption = { value: 'causal', label: 'Causal (before)' } as const;
const numbers = { value: 'numbers', label: 'Numbers per side' } as const;

const withSide = (value: readonly Pair[], axis: number, end: number, size: number): readonly Pair[] => {
  const [before, after] = value[axis] ?? [0, 0];
  return value.with(axis, end === 0 ? [size, after] : [before, size]);
};

/** A name, or numbers per side; all of them together while the link is closed. */
export function PaddingField(props: PaddingFieldProps) {
  const { label, rank, value, numeric, causal, id, invalid, describedBy, onChange } = props;
  const [wanted, setWanted] = useState(true);
  const own = typeof value === 'string' ? null : value;
  const equal = own !== null && new Set(own.flat()).size === 1;
  const linked = wanted && equal;
  const everySide = (size: number) => onEachAxis<Pair>(rank, [size, size]);
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <div className="flex items-center gap-0.5">
        <Select
          id={id}
          label={label}
          options={[...named, ...(causal ? [causalOption] : []), ...(numeric ? [numbers] : [])]}
          value={typeof value === 'string' ? value : 'numbers'}
          invalid={invalid}
          describedBy={describedBy}
          onChange={(choice) => onChange(choice === 'numbers' ? (own ?? everySide(0)) : choice)}
        />
        {own && (
          <IconButton
            label={linked ? `${label}: all sides go together` : `${label}: sides apart`}
            pressed={linked}
            onClick={() => {
              setWanted(!linked);
              if (!linked && !equal) onChange(everySide(own[0]?.[0] ?? 0), `link ${label}`);
            }}
          >
            {linked ? <Link2 size={13} aria-hidden /> : <Unlink2 size={13} aria-hidden />}
          </IconButton>
        )}
      </div>
      {own && (
        <div className="grid grid-cols-2 gap-1">
          {sidesOf[rank].flatMap((pair, axis) =>
            pair.map(({ name, arrow }, end) => (
              <NumberField
                key={name}
                whole
                min={0}
                label={`${label}, ${name}`}
                prefix={arrow}
                value={own[axis]?.[end]}
                describedBy={describedBy}
                onChange={(size, mark) => onChange(linked ? everySide(size) : withSide(own, axis, end, size), mark)}
              />
            )),
          )}
        </div>
      )}
    </div>
  );
}
