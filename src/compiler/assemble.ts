import { layers } from '@/layers/registry';
import type { GraphNode, LoomDocument } from '@/graph/document';
import { edgesInto, type GraphIndex } from '@/graph/traverse';
import type { NodeReport } from './compilation';
import type { Cost, Plan, PlanLayer } from './plan';

/** Hands out layer names that are unique and that every framework accepts: letters, digits, `_`, `.`, `-`. */
export function namer(): (wish: string) => string {
  const taken = new Set<string>();
  return (wish) => {
    const safe = wish.normalize('NFKD').replace(/[^\w.-]+/g, '_').replace(/^[^A-Za-z0-9]+/, '') || 'layer';
    let name = safe;
    for (let n = 2; taken.has(name); n += 1) name = `${safe}_${n}`;
    taken.add(name);
    return name;
  };
}

const sum = (costs: readonly Cost[], key: keyof Cost) => costs.reduce((total, cost) => total + cost[key], 0);

/** The plan of a document without errors: the nodes that lead to an output, each with all that was inferred. */
export function assemblePlan(
  document: LoomDocument,
  index: GraphIndex,
  order: readonly GraphNode[],
  takesPart: ReadonlySet<string>,
  reports: ReadonlyMap<string, NodeReport>,
): Plan {
  const nameFor = namer();
  const position = new Map<string, number>();
  const planned: PlanLayer[] = [];
  for (const node of order) {
    const definition = layers.get(node.type);
    const report = reports.get(node.id);
    if (!takesPart.has(node.id) || !definition || !report?.params || !report.outputs || !report.cost) continue;
    const inputs = report.inputs.filter((shape) => shape !== null);
    position.set(node.id, planned.length);
    planned.push({
      path: node.id,
      node: node.id,
      type: node.type,
      name: nameFor(node.name),
      params: report.params,
      sources: edgesInto(index, node.id).map((edge) => ({
        layer: position.get(edge.from.node) ?? -1,
        port: edge.from.port,
      })),
      inputs,
      outputs: report.outputs,
      weights: Object.entries(definition.weights(inputs, report.params)).map(([name, weight]) => ({
        ...weight,
        name,
        key: `${node.id}/${name}`,
      })),
      cost: report.cost,
    });
  }
  const withRole = (role: 'source' | 'sink') =>
    planned.flatMap((layer, i) => (layers.get(layer.type)?.role === role ? [i] : []));
  const costs = planned.map((layer) => layer.cost);
  return {
    name: document.name,
    layers: planned,
    inputs: withRole('source'),
    outputs: withRole('sink'),
    totals: {
      params: sum(costs, 'params'),
      trainable: sum(costs, 'trainable'),
      macs: sum(costs, 'macs'),
      activationBytes: sum(costs, 'activationBytes'),
    },
  };
}
