import { ChevronRight } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { Names } from '@/core/expression';
import type { AnyParams, Param, ParamDefs } from '@/core/params';
import { classes } from '../components/classes';
import { Field } from '../components/Field';
import { isGroup, ParamControl } from './controls';
import { Valued } from './Valued';

interface ParamFormProps {
  readonly defs: ParamDefs;
  readonly values: AnyParams;
  /** Calls with one mark are one step of undo. */
  readonly onChange: (label: string, params: AnyParams, mark?: string) => void;
  readonly colours?: ReadonlyMap<string, string>;
  /** Name of the parameter that is pointed at, here or in a formula. */
  readonly lit?: string | null;
  readonly onPoint?: (param: string | null) => void;
  /** Parameters that a problem is about, and the id of what is said about them. */
  readonly marked?: ReadonlyMap<string, { readonly error: boolean; readonly describedBy: string }>;
  /** Finds the form's fields again: the field of `kernel` carries `data-param="kernel"`. */
  readonly name: string;
  /** Inside a block: what expressions may name, which then can stand for values. */
  readonly names?: Names;
}

/** The form that a declaration of parameters makes; the advanced ones are folded away. */
export function ParamForm({ defs, values, onChange, colours, lit, onPoint, marked, name, names }: ParamFormProps) {
  const valueOf = (key: string, param: Param): unknown => (Object.hasOwn(values, key) ? values[key] : param.default);
  const field = ([key, param]: readonly [string, Param]) => {
    const mark = marked?.get(key);
    return (
      <div key={key} data-param={`${name}.${key}`}>
        <Field
          label={param.label}
          hint={param.hint}
          colour={colours?.get(key)}
          lit={lit === key}
          group={isGroup(param)}
          describedBy={mark?.describedBy}
          onPoint={onPoint && ((on) => onPoint(on ? key : null))}
        >
          {({ id, describedBy }) => {
            const write = (value: unknown, visit?: string) =>
              onChange(param.label.toLowerCase(), { [key]: value }, visit && `${name}.${key} ${visit}`);
            const shared = { param, id, describedBy, value: valueOf(key, param), onChange: write };
            const control = <ParamControl {...shared} invalid={mark?.error ?? false} />;
            if (!names) return control;
            return (
              <Valued {...shared} names={names}>
                {control}
              </Valued>
            );
          }}
        </Field>
      </div>
    );
  };
  const params = Object.entries(defs);
  const advanced = params.filter(([, param]) => param.advanced);
  const needed = advanced.some(
    ([key, param]) => marked?.has(key) || JSON.stringify(valueOf(key, param)) !== JSON.stringify(param.default),
  );
  return (
    <>
      {params.filter(([, param]) => !param.advanced).map(field)}
      {advanced.length > 0 && (
        <More key={name} needed={needed}>
          {advanced.map(field)}
        </More>
      )}
    </>
  );
}

/** Folds fields away, and opens when one of them is needed; only a person closes it again. */
function More({ needed, children }: { readonly needed: boolean; readonly children: ReactNode }) {
  const [open, setOpen] = useState(needed);
  const [wasNeeded, setWasNeeded] = useState(needed);
  if (needed !== wasNeeded) {
    setWasNeeded(needed);
    if (needed) setOpen(true);
  }
  return (
    <details className="group/more" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary
        className={classes(
          '-mx-1.5 flex min-h-7 cursor-pointer list-none items-center gap-0.5 rounded-md px-1.5',
          'text-muted hover:text-ink [&::-webkit-details-marker]:hidden',
        )}
      >
        <ChevronRight size={13} aria-hidden className="-ml-0.5 transition-transform group-open/more:rotate-90" />
        More
      </summary>
      {children}
    </details>
  );
}
