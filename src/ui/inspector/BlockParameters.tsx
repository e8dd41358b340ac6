import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import type { Block } from '@/graph/document';
import { definitionsOf, parameterSchema, type BlockParameter } from '@/graph/parameter';
import { Button } from '../components/Button';
import { Card } from '../components/Card';
import { IconButton } from '../components/IconButton';
import { Select } from '../components/Select';
import { TextField } from '../components/TextField';
import { useApp } from '../useApp';
import { ParamForm } from './ParamForm';

const kinds: readonly { readonly value: BlockParameter['kind']; readonly label: string }[] = [
  { value: 'int', label: 'whole number' },
  { value: 'float', label: 'number' },
  { value: 'bool', label: 'yes or no' },
  { value: 'word', label: 'word' },
];
const beginnings = { int: 1, float: 0.5, bool: false, word: 'relu' } as const;

/** The parameters that a block declares, with their defaults. */
export function BlockParameters({ id, block }: { readonly id: string; readonly block: Block }) {
  const { documents } = useApp();
  const [name, setName] = useState('');
  const [kind, setKind] = useState<BlockParameter['kind']>('int');
  const write = (label: string, params: readonly BlockParameter[], mark?: string) =>
    documents
      .getState()
      .edit(label, [{ kind: 'setBlock', block: id, values: { params } }], mark === undefined ? {} : { mark: `${id} ${mark}` });
  const wish = (wished: string) => parameterSchema.safeParse({ kind, name: wished, default: beginnings[kind] });
  const problem = (wished: string): string | null => {
    if (block.params.some((param) => param.name === wished)) return `There is a parameter “${wished}” already.`;
    const found = wish(wished);
    return wished === '' || found.success ? null : `Expected ${found.error.issues[0]?.message ?? 'a name'}.`;
  };
  const made = name !== '' && problem(name) === null ? wish(name) : null;
  return (
    <Card title="Parameters of the block">
      {block.params.map((param) => (
        <div key={param.name} className="flex items-start gap-1">
          <div className="min-w-0 flex-1">
            <ParamForm
              name={`parameter.${param.name}`}
              defs={definitionsOf([param])}
              values={{ [param.name]: param.default }}
              onChange={(label, values, mark) => {
                const changed = parameterSchema.safeParse({ ...param, default: values[param.name] });
                if (changed.success) write(`default of ${label}`, block.params.map((each) => (each === param ? changed.data : each)), mark);
              }}
            />
          </div>
          <IconButton
            label={`Remove the parameter ${param.name}`}
            onClick={() => write(`remove ${param.name}`, block.params.filter((each) => each !== param))}
          >
            <X size={13} aria-hidden />
          </IconButton>
        </div>
      ))}
      <div className="mt-1.5 grid grid-cols-[minmax(0,1fr)_auto] items-start gap-1">
        <div className="col-span-2">
          <TextField value={name} check={problem} onChange={setName} label="Name of a new parameter" placeholder="New parameter: filters" />
        </div>
        <Select label="Kind of the new parameter" value={kind} options={kinds} onChange={setKind} />
        <Button
          small
          disabled={!made?.success}
          onClick={() => {
            if (!made?.success) return;
            write(`parameter ${name}`, [...block.params, made.data]);
            setName('');
          }}
        >
          <Plus size={13} aria-hidden /> Add
        </Button>
      </div>
      <p className="mt-1 text-xs text-muted">Layers inside name them in expressions: 4*filters, i == 0 ? 2 : 1.</p>
    </Card>
  );
}
