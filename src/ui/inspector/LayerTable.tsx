import { useState } from 'react';
import type { NodeReport } from '@/compiler/compilation';
import { totalOf, trainingMemory } from '@/compiler/cost';
import type { Fields } from '@/compiler/compilation';
import { fieldText } from '@/compiler/field';
import { formatShape } from '@/core/shape';
import { definitionFor } from '@/layers/registry';
import { goTo } from '@/state/reveal';
import { Button } from '../components/Button';
import { Section } from '../components/Card';
import { classes } from '../components/classes';
import { bytes, count } from '../components/format';
import { KeyValue } from '../components/KeyValue';
import { Select } from '../components/Select';
import { useApp, useCompilation, useDocument } from '../useApp';

/** Rows shown before the rest is asked for: a page of a hundred stays quick. */
const firstRows = 100;

/** What the last column of the table can say of a layer. */
const figures = [
  { value: 'params', label: 'Parameters', of: ({ cost }: NodeReport) => cost && count(cost.params) },
  { value: 'macs', label: 'Multiply-adds', of: ({ cost }: NodeReport) => cost && count(cost.macs) },
  { value: 'bytes', label: 'Activations', of: ({ cost }: NodeReport) => cost && bytes(cost.activationBytes) },
  { value: 'field', label: 'Receptive field', of: (_: NodeReport, fields: Fields) => seenText(fields) },
] as const;
type Figure = (typeof figures)[number]['value'];

/** `16×16`, `all`; one for each input where they differ. */
const seenText = (fields: Fields): string =>
  [...new Set(fields.flatMap(({ axes }) => (axes === 'all' ? 'all' : (fieldText(axes) ?? []))))].join(', ');

/** What the network comes to, and its layers in order, as Keras's summary lists them. */
export function LayerTable() {
  const app = useApp();
  const selection = useDocument((state) => state.selection);
  const compilation = useCompilation();
  const recipe = useDocument((state) => state.document.recipe);
  const [all, setAll] = useState(false);
  const [figure, setFigure] = useState<Figure>('params');
  const { graph } = compilation;
  if (graph.nodes.length === 0) return null;

  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  // Neither ports and what is skipped, nor the sums that blocks are of what they hold.
  const isLayer = (path: string) => byId.has(path) && definitionFor(byId.get(path)?.type ?? '')?.role !== 'passage';
  const reports = [...compilation.nodes.values()].filter(({ node }) => isLayer(node));
  const total = compilation.plan?.totals ?? totalOf(reports.flatMap((report) => report.cost ?? []));
  const memory = trainingMemory(total, recipe);
  const chosen = figures.find(({ value }) => value === figure) ?? figures[0];
  const outputs = reports.filter(({ node }) => definitionFor(byId.get(node)?.type ?? '')?.role === 'sink');
  const seen = [...new Set(outputs.flatMap(({ node }) => seenText(compilation.fields.get(node) ?? []) || []))].join(', ');
  const shown = all ? reports : reports.slice(0, firstRows);

  const jump = (path: string) => goTo(app, path);

  return (
    <Section title="Summary">
      {!compilation.plan && (
        <p className="text-sm text-muted">So far as the shapes are known; the network still has errors.</p>
      )}
      <KeyValue
        rows={[
          ['layers', count(reports.length)],
          ['parameters', count(total.params)],
          ['trainable', count(total.trainable)],
          ['multiply-adds', count(total.macs)],
          ['activations', bytes(total.activationBytes)],
          ['receptive field', seen === 'all' ? 'all of the input' : seen || null],
          [`training step, batch ${count(recipe.batchSize)}`, bytes(memory.total)],
        ]}
      />
      <p className="text-xs text-muted">
        A training step holds {bytes(memory.weights)} of weights, {bytes(memory.gradients)} of their gradients,{' '}
        {memory.slots > 0 && <>{bytes(memory.slots)} that the optimiser keeps, </>}and {bytes(memory.activations)} of
        all layers’ outputs for the batch; working space comes on top. Multiply-adds and activations are for one
        example.
      </p>
      <div className="-mx-3.5 mt-1.5 overflow-x-auto">
        <table className="w-full text-sm">
          <thead className="text-left text-xs text-muted">
            <tr className="border-b border-line *:py-1 *:font-medium">
              <th scope="col" className="pl-3.5">
                Layer
              </th>
              <th scope="col" className="px-2 text-right">
                Output
              </th>
              <th scope="col" className="w-34 pr-3.5 text-right">
                <Select
                  small
                  label="Last column"
                  options={figures}
                  value={figure}
                  onChange={setFigure}
                  className="justify-end font-medium text-muted"
                />
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((report) => {
              const node = byId.get(report.node);
              if (!node) return null;
              const kind = report.params ? definitionFor(node.type)?.kind(report.params) : undefined;
              return (
                <tr
                  key={node.id}
                  onClick={() => jump(node.id)}
                  className={classes(
                    'cursor-pointer border-b border-line/60 align-top *:py-1 hover:bg-ground',
                    selection.has(node.id) && 'bg-accent/10',
                  )}
                >
                  <th scope="row" className="max-w-32 pl-3.5 text-left font-normal">
                    <button type="button" className="block max-w-full truncate text-left" onClick={() => jump(node.id)}>
                      {node.name}
                    </button>
                    <span className="block truncate text-xs text-muted">{kind ?? node.type}</span>
                  </th>
                  <td className="mono px-2 text-right">
                    {report.outputs ? report.outputs.map((shape) => formatShape(shape)).join(', ') : '?'}
                  </td>
                  <td className="mono pr-3.5 text-right">
                    {chosen.of(report, compilation.fields.get(report.node) ?? []) ?? '?'}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {shown.length < reports.length && (
        <div>
          <Button small onClick={() => setAll(true)}>
            Show all {count(reports.length)} layers
          </Button>
        </div>
      )}
    </Section>
  );
}
