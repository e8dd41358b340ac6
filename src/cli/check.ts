import { compile } from '@/compiler/compile';
import type { Compilation } from '@/compiler/compilation';
import { noCost, totalOf, trainingMemory } from '@/compiler/cost';
import type { Fields } from '@/compiler/compilation';
import { fieldText } from '@/compiler/field';
import type { Cost } from '@/compiler/plan';
import { formatShape, type Shape } from '@/core/shape';
import type { LoomDocument } from '@/graph/document';
import { definitionFor, layers as definitions } from '@/layers/registry';
import { exitCode } from './exit';
import { readInput } from './files';
import { problemText, table } from './table';

export interface CheckOptions {
  readonly strict?: boolean;
  readonly json?: boolean;
}

interface CheckedLayer {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: readonly Shape[];
  readonly outputs: readonly Shape[];
  readonly params: number;
  readonly trainable: number;
  readonly macs: number;
  /** Bytes of its outputs for one example. */
  readonly activationBytes: number;
  /** What its outputs see of each input, an axis each. */
  readonly receptiveField: Fields;
}

/** What `check --json` prints; other tools read it. */
export interface CheckReport {
  readonly ok: boolean;
  /** In the order of the network. */
  readonly layers: readonly CheckedLayer[];
  readonly totals: Cost;
  readonly problems: readonly {
    readonly severity: 'error' | 'warning';
    readonly code: string;
    readonly node: string | null;
    readonly message: string;
  }[];
}

/** The layers that take part; with errors, every node as far as it is known. */
export function checkReport({ plan, graph, nodes, problems, fields }: Compilation): CheckReport {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const planned = new Set(plan?.layers.map((layer) => layer.node));
  const isLayer = (id: string) => byId.has(id) && definitionFor(byId.get(id)?.type ?? '')?.role !== 'passage';
  const known = [...nodes.values()].filter(({ node }) => (plan ? planned.has(node) : isLayer(node)));
  return {
    ok: !problems.some(({ severity }) => severity === 'error'),
    layers: known.map(({ node, inputs, outputs, cost }) => ({
      id: node,
      type: byId.get(node)?.type ?? '',
      name: byId.get(node)?.name ?? node,
      inputs: inputs.filter((shape) => shape !== null),
      outputs: outputs ?? [],
      ...(cost ?? noCost),
      receptiveField: fields.get(node) ?? [],
    })),
    totals: totalOf(known.map(({ cost }) => cost ?? noCost)),
    problems: problems.map(({ severity, code, node, message }) => ({ severity, code, node, message })),
  };
}

const count = (value: number) => value.toLocaleString('en');

function humanText(document: LoomDocument, compilation: Compilation, report: CheckReport): string {
  const kindOf = (id: string, type: string) => {
    const params = compilation.nodes.get(id)?.params;
    const definition = definitions.get(type);
    return (params && definition?.kind(params)) || definition?.title || type;
  };
  const rows = report.layers.map(({ id, type, name, outputs, params, macs, activationBytes, receptiveField }) => [
    name,
    kindOf(id, type),
    outputs.map(formatShape).join(', ') || '?',
    params > 0 ? count(params) : '',
    macs > 0 ? count(macs) : '',
    count(activationBytes),
    [...new Set(receptiveField.flatMap(({ axes }) => fieldText(axes) ?? []))].join(', '),
  ]);
  const { totals } = report;
  rows.unshift(['Layer', 'Kind', 'Output', 'Parameters', 'Multiply-adds', 'Output bytes', 'Sees']);
  rows.push(['', '', '', count(totals.params), count(totals.macs), count(totals.activationBytes), '']);
  const nameOf = (id: string | null) => compilation.graph.nodes.find((node) => node.id === id)?.name ?? id;
  const fixed = totals.params - totals.trainable;
  return [
    document.name,
    '',
    table(rows, [3, 4, 5]),
    '',
    `A training step on ${document.recipe.batchSize} examples holds at least ${count(trainingMemory(totals, document.recipe).total)} bytes: weights, their gradients, what the optimizer keeps, and all outputs.`,
    ...(fixed > 0 ? [`${count(fixed)} of the parameters are not trained.`] : []),
    ...compilation.problems.map((problem) => problemText(problem, nameOf(problem.node))),
    report.ok ? 'The network is sound.' : 'The network has errors.',
  ].join('\n');
}

/** Shapes, parameters and problems of a document. */
export async function check(file: string, { strict, json }: CheckOptions): Promise<number> {
  const read = await readInput(file);
  const document = strict ? { ...read, strict: true } : read;
  const compilation = compile(document);
  const report = checkReport(compilation);
  process.stdout.write(`${json ? JSON.stringify(report) : humanText(document, compilation, report)}\n`);
  return report.ok ? exitCode.done : exitCode.errors;
}
