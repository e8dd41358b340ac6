import { compile } from '@/compiler/compile';
import type { Compilation } from '@/compiler/compilation';
import type { Cost } from '@/compiler/plan';
import { formatShape, type Shape } from '@/core/shape';
import type { LoomDocument } from '@/graph/document';
import { layers as definitions } from '@/layers/registry';
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

const noCost: Cost = { params: 0, trainable: 0, macs: 0, activationBytes: 0 };

/** The layers that take part; with errors, every node as far as it is known. */
export function checkReport(document: LoomDocument, { plan, nodes, problems }: Compilation): CheckReport {
  const byId = new Map(document.nodes.map((node) => [node.id, node]));
  const known = [...nodes.values()].filter(({ node }) => !plan || plan.layers.some((layer) => layer.node === node));
  const costs = known.map(({ cost }) => cost ?? noCost);
  const sum = (key: keyof Cost) => costs.reduce((total, cost) => total + cost[key], 0);
  return {
    ok: !problems.some(({ severity }) => severity === 'error'),
    layers: known.map(({ node, inputs, outputs, cost }) => ({
      id: node,
      type: byId.get(node)?.type ?? '',
      name: byId.get(node)?.name ?? node,
      inputs: inputs.filter((shape) => shape !== null),
      outputs: outputs ?? [],
      params: cost?.params ?? 0,
      trainable: cost?.trainable ?? 0,
      macs: cost?.macs ?? 0,
    })),
    totals: {
      params: sum('params'),
      trainable: sum('trainable'),
      macs: sum('macs'),
      activationBytes: sum('activationBytes'),
    },
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
  const rows = report.layers.map(({ id, type, name, outputs, params, macs }) => [
    name,
    kindOf(id, type),
    outputs.map(formatShape).join(', ') || '?',
    params > 0 ? count(params) : '',
    macs > 0 ? count(macs) : '',
  ]);
  const { totals } = report;
  rows.unshift(['Layer', 'Kind', 'Output', 'Parameters', 'Multiply-adds']);
  rows.push(['', '', '', count(totals.params), count(totals.macs)]);
  const nameOf = (id: string | null) => document.nodes.find((node) => node.id === id)?.name ?? id;
  const fixed = totals.params - totals.trainable;
  return [
    document.name,
    '',
    table(rows, [3, 4]),
    '',
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
  const report = checkReport(document, compilation);
  process.stdout.write(`${json ? JSON.stringify(report) : humanText(document, compilation, report)}\n`);
  return report.ok ? exitCode.done : exitCode.errors;
}
