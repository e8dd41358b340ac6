import { useState } from 'react';
import { Link2, Unlink2 } from 'lucide-react';
import type { Padding, Pair } from '@/core/params';
import { IconButton } from './IconButton';
import { NumberField } from './NumberField';
import { Select } from './Select';

interface PaddingFieldProps {
  readonly label: string;
  readonly value: Padding;
  /** Whether numbers per side are allowed. */
  readonly numeric: boolean;
  readonly id?: string;
  readonly invalid?: boolean;
  readonly describedBy?: string;
  readonly onChange: (value: Padding, mark?: string) => void;
}

type Sides = readonly [Pair, Pair];

const sides = [
  { name: 'top', letter: 'T', axis: 0, end: 0 },
  { name: 'bottom', letter: 'B', axis: 0, end: 1 },
  { name: 'left', letter: 'L', axis: 1, end: 0 },
  { name: 'right', letter: 'R', axis: 1, end: 1 },
] as const;

const named = [
  { value: 'valid', label: 'Valid (none)' },
  { value: 'same', label: 'Same' },
] as const;
const numbers = { value: 'numbers', label: 'Numbers per side' } as const;

function withSide(value: Sides, axis: 0 | 1, end: 0 | 1, size: number): Sides {
  const pair = value[axis];
  const changed: Pair = end === 0 ? [size, pair[1]] : [pair[0], size];
  return axis === 0 ? [changed, value[1]] : [value[0], changed];
}

/** `valid`, `same`, or numbers per side; all four together while the link is closed. */
export function PaddingField({ label, value, numeric, id, invalid, describedBy, onChange }: PaddingFieldProps) {
  const [wanted, setWanted] = useState(true);
  const own = typeof value === 'string' ? null : value;
  const linked = wanted && own !== null && new Set(own.flat()).size === 1;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <div className="flex items-center gap-0.5">
        <Select
          id={id}
          label={label}
          options={numeric ? [...named, numbers] : named}
          value={own ? 'numbers' : String(value)}
          invalid={invalid}
          describedBy={describedBy}
          onChange={(choice) =>
            onChange(
              choice === 'numbers'
                ? (own ?? [
                    [0, 0],
                    [0, 0],
                  ])
                : choice,
            )
          }
        />
        {own && (
          <IconButton
            label={linked ? `${label}: all sides go together` : `${label}: sides apart`}
            pressed={linked}
            onClick={() => {
              setWanted(!linked);
              const size = own[0][0];
              if (!linked && new Set(own.flat()).size > 1)
                onChange(
                  [
                    [size, size],
                    [size, size],
                  ],
                  `link ${label}`,
                );
            }}
          >
            {linked ? <Link2 size={13} aria-hidden /> : <Unlink2 size={13} aria-hidden />}
          </IconButton>
        )}
      </div>
      {own && (
        <div className="grid grid-cols-2 gap-1">
          {sides.map(({ name, letter, axis, end }) => (
            <NumberField
              key={name}
              whole
              min={0}
              label={`${label} ${name}`}
              prefix={letter}
              value={own[axis][end]}
              describedBy={describedBy}
              onChange={(size, mark) =>
                onChange(
                  linked
                    ? [
                        [size, size],
                        [size, size],
                      ]
                    : withSide(own, axis, end, size),
                  mark,
                )
              }
            />
          ))}
        </div>
      )}
    </div>
  );
}
