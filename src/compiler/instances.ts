import type { Names } from '@/core/expression';
import type { Shape } from '@/core/shape';
import type { GraphProblem } from '@/graph/edits';
import { lastOf } from '@/graph/paths';
import type { Compilation, NodeReport } from './compilation';
import { totalOf } from './cost';
import type { Expansion, Instance } from './expand';
import type { Cost } from './plan';

type Reports = Compilation['nodes'];

/** A block where it stands: shapes at its ports, and what all inside comes to together. */
class InstanceReport implements NodeReport {
  readonly node: string;
  readonly params = null;
  readonly weights = null;
  readonly inputs: readonly (Shape | null)[];
  readonly outputs: readonly Shape[] | null;
  readonly problems: readonly GraphProblem[];
  readonly repetitions: readonly Names[];
  readonly #inside: () => readonly NodeReport[];
  #cost: Cost | null = null;

  constructor({ path, inputs, outputs, names, begin, end }: Instance, { graph }: Expansion, reports: Reports, problems: readonly GraphProblem[]) {
    this.node = path;
    this.inputs = inputs.map((port) => reports.get(port)?.inputs[0] ?? null);
    const leaving = outputs.map((port) => reports.get(port)?.outputs?.[0]);
    this.outputs = leaving.every((shape) => shape !== undefined) ? leaving : null;
    this.problems = problems;
    this.repetitions = names;
    this.#inside = () => graph.nodes.slice(begin, end).flatMap(({ id }) => reports.get(id) ?? []);
  }

  get cost(): Cost | null {
    return (this.#cost ??= totalOf(this.#inside().flatMap(({ cost }) => cost ?? [])));
  }
}

/** The same problem in each repetition is one. */
function once(problems: readonly GraphProblem[]): readonly GraphProblem[] {
  const told = new Set<string>();
  return problems.filter(({ code, node }) => {
    const key = `${code} ${node === null ? '' : lastOf(node)}`;
    return !told.has(key) && told.add(key);
  });
}

/** Reports of all nodes, of those too that stand for blocks; theirs tell what is wrong inside. */
export function withInstances(expansion: Expansion, reports: Reports, problems: readonly GraphProblem[]): Reports {
  const { instances } = expansion;
  if (instances.size === 0) return reports;
  const all = new Map(reports);
  for (const instance of instances.values()) {
    const { path } = instance;
    const inside = problems.filter(({ node }) => node === path || node?.startsWith(`${path}/`));
    all.set(path, new InstanceReport(instance, expansion, reports, once(inside)));
  }
  return all;
}
