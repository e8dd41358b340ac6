import { useState } from 'react';
import type { Cost } from '@/compiler/plan';
import { formatShape } from '@/core/shape';
import { layers } from '@/layers/registry';
import { Button } from '../components/Button';
import { Section } from '../components/Card';
import { classes } from '../components/classes';
import { bytes, count } from '../components/format';
import { KeyValue } from '../components/KeyValue';
import { useApp, useCompilation, useDocument } from '../useApp';

/** Rows shown before the rest is asked for: a page of a hundred stays quick. */
const firstRows = 100;

/** What the network comes to, and its layers in order, as Keras's summary lists them. */
export function LayerTable() {
  const { documents, view } = useApp();
  const nodes = useDocument((state) => state.document.nodes);
  const selection = useDocument((state) => state.selection);
  const compilation = useCompilation();
  const [all, setAll] = useState(false);
  if (nodes.length === 0) return null;

  const byId = new Map(nodes.map((node) => [node.id, node]));
  const reports = [...compilation.nodes.values()];
  const known = reports.flatMap((report) => report.cost ?? []);
  const sum = (part: keyof Cost) =>
    compilation.plan?.totals[part] ?? known.reduce((total, cost) => total + cost[part], 0);
  const shown = all ? reports : reports.slice(0, firstRows);

  const jump = (id: string) => {
    documents.getState().select([id]);
    view.getState().revealNode(id);
  };

  return (
    <Section title="Summary">
      {!compilation.plan && (
        <p className="text-sm text-muted">So far as the shapes are known; the network still has errors.</p>
      )}
      <KeyValue
        rows={[
          ['layers', count(nodes.length)],
          ['parameters', count(sum('params'))],
          ['trainable', count(sum('trainable'))],
          ['multiply-adds', count(sum('macs'))],
          ['activations', bytes(sum('activationBytes'))],
        ]}
      />
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
              <th scope="col" className="pr-3.5 text-right">
                Parameters
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((report) => {
              const node = byId.get(report.node);
              if (!node) return null;
              const kind = report.params ? layers.get(node.type)?.kind(report.params) : undefined;
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
                  <td className="mono pr-3.5 text-right">{report.cost ? count(report.cost.params) : '?'}</td>
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
