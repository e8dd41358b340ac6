import { useState } from 'react';
import { Link2, Unlink2 } from 'lucide-react';
import type { Pair } from '@/core/params';
import { IconButton } from './IconButton';
import { NumberField } from './NumberField';

interface PairFieldProps {
  /** Names the two fields: `Kernel height`, `Kernel width`. */
  readonly label: string;
  readonly value: Pair;
  readonly min?: number;
  readonly max?: number;
  readonly invalid?: boolean;
  readonly describedBy?: string;
  readonly onChange: (value: Pair, mark: string) => void;
}

/** Height and width, together while the link is closed. */
export function PairField({ label, value, min, max, invalid, describedBy, onChange }: PairFieldProps) {
  const [wanted, setWanted] = useState(true);
  const linked = wanted && value[0] === value[1];
  const shared = { whole: true, min, max, invalid, describedBy } as const;
  return (
    <div className="flex min-w-0 items-start gap-0.5">
      <NumberField
        {...shared}
        label={`${label} height`}
        value={value[0]}
        onChange={(height, mark) => onChange([height, linked ? height : value[1]], mark)}
      />
      <IconButton
        label={linked ? `${label}: height and width go together` : `${label}: height and width apart`}
        pressed={linked}
        className="mt-0.5"
        onClick={() => {
          setWanted(!linked);
          if (!linked && value[0] !== value[1]) onChange([value[0], value[0]], `link ${label}`);
        }}
      >
        {linked ? <Link2 size={13} aria-hidden /> : <Unlink2 size={13} aria-hidden />}
      </IconButton>
      <NumberField
        {...shared}
        label={`${label} width`}
        value={value[1]}
        onChange={(width, mark) => onChange([linked ? width : value[0], width], mark)}
      />
    </div>
  );
}
