import type { AnyParams, ParamDefs } from '@/core/params';
import { Field } from '../components/Field';
import { isGroup, ParamControl } from './controls';

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
}

/** The form that a declaration of parameters makes. */
export function ParamForm({ defs, values, onChange, colours, lit, onPoint, marked, name }: ParamFormProps) {
  return Object.entries(defs).map(([key, param]) => {
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
          {({ id, describedBy }) => (
            <ParamControl
              param={param}
              value={Object.hasOwn(values, key) ? values[key] : param.default}
              id={id}
              describedBy={describedBy}
              invalid={mark?.error ?? false}
              onChange={(value, visit) =>
                onChange(param.label.toLowerCase(), { [key]: value }, visit && `${name}.${key} ${visit}`)
              }
            />
          )}
        </Field>
      </div>
    );
  });
}
