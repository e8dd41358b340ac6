import { useId, useRef, useState } from 'react';
import type { AnyParams } from '@/core/params';
import type { NodeReport } from '@/compiler/compilation';
import type { GraphNode } from '@/graph/document';
import { nodeSchema } from '@/graph/document';
import { blockOf } from '@/graph/blocks';
import { nodesById } from '@/graph/ports';
import type { LayerDefinition } from '@/layers/define';
import { definitionFor } from '@/layers/registry';
import { Field } from '../components/Field';
import { ProblemCard } from '../components/ProblemCard';
import { TextField } from '../components/TextField';
import { useFixes } from '../components/useFixes';
import { useApp, useCompilation, useDocument } from '../useApp';
import { BlockUseForm } from './BlockUseForm';
import { CompareCard } from './CompareCard';
import { CostCard } from './CostCard';
import { ElsewhereCard } from './ElsewhereCard';
import { FormulaCard } from './FormulaCard';
import { ParamForm } from './ParamForm';
import { SeveralSelected } from './SeveralSelected';
import { termColours } from './termColours';
import { useNames } from './useNames';
import { WhenField } from './WhenField';

/** What is selected: one layer's form, several summed up, or how to begin. */
export function LayerTab() {
  const nodes = useDocument((state) => state.drawing.nodes);
  const selection = useDocument((state) => state.selection);
  const compilation = useCompilation();
  const selected = nodes.filter((node) => selection.has(node.id));
  const [node] = selected;
  if (!node) {
    return (
      <p className="p-4 text-muted">
        {nodes.length === 0
          ? 'Drag a layer from the left onto the canvas, or double-click one there, to begin.'
          : 'Select a layer on the canvas to see its formula and change its parameters.'}
      </p>
    );
  }
  if (selected.length > 1) return <SeveralSelected nodes={selected} />;
  return <OneLayer key={node.id} node={node} report={compilation.nodes.get(node.id) ?? null} />;
}

interface OneLayerProps {
  readonly node: GraphNode;
  readonly report: NodeReport | null;
}

function OneLayer({ node, report }: OneLayerProps) {
  const definition = definitionFor(node.type);
  const drawing = useDocument((state) => state.drawing);
  const names = useNames();
  const block = blockOf(drawing, node);
  return (
    <div className="flex flex-col gap-3 p-3.5">
      <div>
        <NameField node={node} />
        {names && definition?.role !== 'passage' && <WhenField node={node} names={names} />}
        {block && <BlockUseForm node={node} block={block} report={report} names={names ?? {}} />}
        {definition && <LayerParams node={node} report={report} definition={definition} />}
      </div>
      {!definition && !block && (
        <p className="text-sm text-muted">
          This version has no layer of type “{node.type}”. It stays in the document as it is.
        </p>
      )}
    </div>
  );
}

function NameField({ node }: { readonly node: GraphNode }) {
  const { documents } = useApp();
  const twin = useDocument((state) =>
    state.drawing.nodes.some((other) => other.id !== node.id && other.name === node.name),
  );
  return (
    <Field label="Name" hint={twin ? `Another layer is called “${node.name}” too; files will number them.` : undefined}>
      {({ id, describedBy }) => (
        <TextField
          id={id}
          describedBy={describedBy}
          value={node.name}
          check={(text) =>
            text.trim() === ''
              ? 'A layer needs a name.'
              : nodeSchema.shape.name.safeParse(text).success
                ? null
                : 'A name has at most 64 characters.'
          }
          onChange={(name, mark) =>
            documents
              .getState()
              .edit('rename', [{ kind: 'rename', node: node.id, name }], { mark: `${node.id} ${mark}` })
          }
        />
      )}
    </Field>
  );
}

interface LayerParamsProps extends OneLayerProps {
  readonly definition: LayerDefinition;
}

function LayerParams({ node, report, definition }: LayerParamsProps) {
  const { documents } = useApp();
  const compilation = useCompilation();
  const nameOf = (id: string) => nodesById(documents.getState().drawing).get(id)?.name ?? id;
  const fixesOf = useFixes();
  const names = useNames();
  const problemsId = useId();
  const [lit, setLit] = useState<string | null>(null);
  const root = useRef<HTMLDivElement>(null);

  const inputs = report?.inputs.every((shape) => shape !== null) ? report.inputs : null;
  const formulas =
    report?.params && inputs && (report.outputs || definition.role === 'layer')
      ? definition.formula(inputs, report.outputs ?? [], report.params)
      : [];
  const comparisons =
    report?.params && inputs && report.outputs ? definition.compare(inputs, report.outputs, report.params) : [];
  const colours = termColours(formulas);
  const problems = report?.problems ?? [];
  const marked = new Map(
    problems.flatMap((problem, index) =>
      (problem.params ?? []).map(
        (param) => [param, { error: problem.severity === 'error', describedBy: `${problemsId}${index}` }] as const,
      ),
    ),
  );

  const focusField = (param: string) => {
    const field = root.current?.querySelector(`[data-param="${CSS.escape(`layer.${param}`)}"]`);
    // A folded field can't take the focus.
    field?.closest('details')?.setAttribute('open', '');
    field?.querySelector<HTMLElement>('input, button')?.focus();
  };
  const change = (label: string, params: AnyParams, mark?: string) =>
    documents
      .getState()
      .edit(`${label} of ${node.name}`, [{ kind: 'setParams', node: node.id, params }], {
        mark: mark && `${node.id} ${mark}`,
      });

  return (
    <div ref={root} className="flex flex-col gap-3">
      <div>
        <ParamForm
          name="layer"
          defs={definition.params}
          values={node.params}
          names={names}
          onChange={change}
          colours={colours}
          lit={lit}
          onPoint={setLit}
          marked={marked}
        />
      </div>
      {problems.map((problem, index) => (
        <ProblemCard
          key={`${problem.code} ${index}`}
          id={`${problemsId}${index}`}
          problem={problem}
          fixes={fixesOf(problem)}
        />
      ))}
      {formulas.map((formula) => (
        <FormulaCard
          key={formula.title}
          formula={formula}
          colours={colours}
          lit={lit}
          onPoint={setLit}
          onPick={focusField}
        />
      ))}
      {report && <CostCard report={report} fields={compilation.fields.get(node.id) ?? []} nameOf={nameOf} />}
      {comparisons.length > 0 && <CompareCard comparisons={comparisons} />}
      {report && <ElsewhereCard definition={definition} report={report} />}
      <p className="text-sm text-muted">
        {definition.summary}
        {definition.reference && <span className="mt-1 block text-xs">{definition.reference}</span>}
      </p>
    </div>
  );
}
