import { FoldVertical, LogIn, Unlink, Ungroup } from 'lucide-react';
import type { Names } from '@/core/expression';
import { int, type AnyParams } from '@/core/params';
import type { NodeReport } from '@/compiler/compilation';
import { mostRepetitions, readUse } from '@/graph/blocks';
import type { Block, GraphNode } from '@/graph/document';
import { definitionsOf } from '@/graph/parameter';
import { runCommand } from '@/state/commands/registry';
import { Button } from '../components/Button';
import { Field } from '../components/Field';
import { ProblemCard } from '../components/ProblemCard';
import { TextField } from '../components/TextField';
import { useFixes } from '../components/useFixes';
import { useApp } from '../useApp';
import { BlockParameters } from './BlockParameters';
import { CostCard } from './CostCard';
import { ParamForm } from './ParamForm';

const repeatDefinition = {
  repeat: int({ label: 'Repeat', hint: 'One after the other, each with its own weights.', min: 1, max: mostRepetitions, default: 1 }),
};

interface BlockUseFormProps {
  readonly node: GraphNode;
  readonly block: Block;
  readonly report: NodeReport | null;
  readonly names: Names;
}

/** One use of a block: how often, with which values, and what is different the first time. */
export function BlockUseForm({ node, block, report, names }: BlockUseFormProps) {
  const app = useApp();
  const fixesOf = useFixes();
  const use = readUse(node);
  if (!use) return null;
  const definitions = definitionsOf(block.params);
  const set = (label: string, params: AnyParams, mark?: string) =>
    app.documents
      .getState()
      .edit(`${label} of ${node.name}`, [{ kind: 'setParams', node: node.id, params }], { mark: mark && `${node.id} ${mark}` });
  const setRepeat = (label: string, { repeat }: AnyParams, mark?: string) =>
    // Once is no repetition: paths then count none.
    set(label, repeat === 1 ? { repeat: undefined, first: {} } : { repeat }, mark);
  const own = { ...names, i: 0, n: report?.repetitions?.length ?? 1 };
  const repeated = use.repeat !== undefined;
  const button = (id: string, Icon: typeof LogIn, text: string) => (
    <Button small onClick={() => runCommand(app, id)}>
      <Icon size={13} aria-hidden /> {text}
    </Button>
  );
  return (
    <div className="flex flex-col gap-3">
      <div>
        <Field label="Block" hint="Its name; all uses of it have the same.">
          {({ id, describedBy }) => (
            <TextField
              id={id}
              describedBy={describedBy}
              value={block.name}
              check={(text) => (text.trim() === '' ? 'A block needs a name.' : text.length > 64 ? 'A name has at most 64 characters.' : null)}
              onChange={(name, mark) =>
                app.documents
                  .getState()
                  .edit('rename the block', [{ kind: 'setBlock', block: use.block, values: { name } }], { mark: `${use.block} ${mark}` })
              }
            />
          )}
        </Field>
        <ParamForm name="repeat" defs={repeatDefinition} values={repeated ? { repeat: use.repeat } : {}} names={names} onChange={setRepeat} />
        <ParamForm
          name="values"
          defs={definitions}
          values={use.values}
          names={repeated ? own : names}
          onChange={(label, values, mark) => set(label, { values: { ...use.values, ...values } }, mark)}
        />
      </div>
      {repeated && block.params.length > 0 && (
        <section aria-label="First repetition">
          <h3 className="mb-1 text-xs font-semibold text-muted">In the first repetition</h3>
          <ParamForm
            name="first"
            defs={definitions}
            values={{ ...use.values, ...use.first }}
            names={own}
            onChange={(label, first, mark) => set(`first ${label}`, { first: { ...use.first, ...first } }, mark && `first ${mark}`)}
          />
          {Object.keys(use.first).length > 0 && (
            <Button small kind="quiet" onClick={() => set('first repetition', { first: {} })}>
              <FoldVertical size={13} aria-hidden /> The same as the others
            </Button>
          )}
        </section>
      )}
      <div className="flex flex-wrap gap-1.5">
        {button('block.open', LogIn, 'Open')}
        {button('block.ungroup', Ungroup, 'Ungroup')}
        {button('block.detach', Unlink, 'Detach')}
      </div>
      {report?.problems.map((problem, index) => (
        <ProblemCard key={`${problem.code} ${index}`} problem={problem} fixes={fixesOf(problem)} />
      ))}
      {report && <CostCard report={report} fields={[]} nameOf={(id) => id} />}
      <BlockParameters id={use.block} block={block} />
    </div>
  );
}
