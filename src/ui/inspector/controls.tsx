import type { ReactNode } from 'react';
import { parseParams, type Padding, type Param } from '@/core/params';
import { losses } from '@/recipe/registry';
import { AxesField } from '../components/AxesField';
import { NumberField } from '../components/NumberField';
import { PaddingField } from '../components/PaddingField';
import { Select } from '../components/Select';
import { SizesField } from '../components/SizesField';
import { Switch } from '../components/Switch';
import { TextField } from '../components/TextField';
import type { ControlProps } from './controlProps';
import { InitializerField } from './InitializerField';

type ByKind = { readonly [P in Param as P['kind']]: P };
type Kind = keyof ByKind;

/**
 * The value where it fits its declaration, else the declaration's default: what a control of several parts starts
 * from.
 */
function fitting<T>(param: Param & { readonly default: T }, value: unknown): T {
  const parsed = parseParams({ value: param }, { value });
  return parsed.ok ? (parsed.value.value as T) : param.default;
}

/** What the choice of a loss calls the recipe's own. */
const ofRecipe = { value: 'recipe', label: 'As the recipe says' };

/** One control per kind of parameter; a new kind does not compile until it has one. */
const controls: { readonly [K in Kind]: (props: ControlProps<ByKind[K]>) => ReactNode } = {
  int: ({ param, ...rest }) => <NumberField {...rest} whole min={param.min} max={param.max} />,
  float: ({ param, ...rest }) => <NumberField {...rest} min={param.min} max={param.max} />,
  bool: ({ value, id, describedBy, onChange }) => (
    <Switch id={id} value={value === true} describedBy={describedBy} onChange={onChange} />
  ),
  choice: ({ param, value, ...rest }) => <Select {...rest} options={param.options} value={String(value)} />,
  axes: ({ param, value, invalid, describedBy, onChange }) => (
    <AxesField
      label={param.label}
      rank={param.rank}
      value={fitting<readonly number[]>(param, value)}
      min={param.min}
      max={param.max}
      invalid={invalid}
      describedBy={describedBy}
      onChange={onChange}
    />
  ),
  padding: ({ param, value, ...rest }) => (
    <PaddingField
      {...rest}
      label={param.label}
      rank={param.rank}
      value={fitting<Padding>(param, value)}
      numeric={param.numeric}
      causal={param.causal}
    />
  ),
  sizes: ({ param, value, invalid, describedBy, onChange }) => (
    <SizesField
      label={param.label}
      value={fitting<readonly number[]>(param, value)}
      min={param.rest ? -1 : 1}
      entry={param.entry}
      allows={(sizes) => param.schema.safeParse(sizes).success}
      invalid={invalid}
      describedBy={describedBy}
      onChange={onChange}
    />
  ),
  initializer: (props) => <InitializerField {...props} Control={ParamControl} />,
  word: ({ value, id, describedBy, onChange }) => (
    <TextField
      id={id}
      describedBy={describedBy}
      value={String(value)}
      check={(text) => (text.trim() === '' ? 'A word is needed.' : text.length > 64 ? 'At most 64 characters.' : null)}
      onChange={onChange}
    />
  ),
  loss: ({ value, ...rest }) => (
    <Select
      {...rest}
      value={String(value)}
      options={[ofRecipe, ...[...losses.values()].map(({ type, title }) => ({ value: type, label: title }))]}
    />
  ),
};

/** Kinds whose label names a group of controls instead of one. */
const groups: ReadonlySet<Kind> = new Set<Kind>(['axes', 'padding', 'sizes']);
export const isGroup = (param: Param): boolean => groups.has(param.kind);

function controlFor<K extends Kind>(kind: K, props: ControlProps<ByKind[K]>): ReactNode {
  return controls[kind](props);
}

/** The control of a parameter, by its kind. */
export function ParamControl(props: ControlProps) {
  return controlFor(props.param.kind, props);
}
