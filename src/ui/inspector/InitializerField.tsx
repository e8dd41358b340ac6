import { useId, type ComponentType } from 'react';
import { initializerSchema, type InitializerParam } from '@/core/params';
import { initializerValue } from '@/recipe/initializer';
import { initializers } from '@/recipe/registry';
import { Select } from '../components/Select';
import type { ControlProps } from './controlProps';

interface InitializerFieldProps extends ControlProps<InitializerParam> {
  /** The control of each of the initialiser's own parameters. */
  readonly Control: ComponentType<ControlProps>;
}

const options = [...initializers.values()].map(({ type, title }) => ({ value: type, label: title }));

/** Which initialiser, and below it the parameters that it has. Choosing one begins with its defaults. */
export function InitializerField({ Control, param, value, id, describedBy, invalid, onChange }: InitializerFieldProps) {
  const fieldId = useId();
  const read = initializerSchema.safeParse(value);
  const held = read.success ? read.data : JSON.stringify(value);
  const { type, params } = typeof held === 'string' ? { type: held, params: {} } : held;
  const definition = initializers.get(type);
  const own = Object.entries(definition?.params ?? {});
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <Select
        id={id}
        describedBy={describedBy}
        invalid={invalid && own.length === 0}
        options={options}
        value={type}
        onChange={onChange}
      />
      {definition && own.length > 0 && (
        <div
          role="group"
          aria-label={`${param.label}: ${definition.title}`}
          className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-2 gap-y-1"
        >
          {own.map(([name, each]) => (
            <div key={`${type}.${name}`} className="contents">
              <label htmlFor={`${fieldId}${name}`} className="text-muted">
                {each.label}
              </label>
              <Control
                param={each}
                value={Object.hasOwn(params, name) ? params[name] : each.default}
                id={`${fieldId}${name}`}
                describedBy={describedBy}
                invalid={invalid}
                onChange={(next, mark) =>
                  onChange(initializerValue(definition, { ...params, [name]: next }), mark && `${name} ${mark}`)
                }
              />
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
