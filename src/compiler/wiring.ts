import { problem } from '@/core/problem';
import { edgeId, samePort, type LoomDocument, type Port } from '@/graph/document';
import type { GraphFix, GraphProblem } from '@/graph/edits';
import { indexOf, leadingTo } from '@/graph/traverse';
import { layers } from '@/layers/registry';
import type { Compilation } from './compilation';
import { inferNode } from './infer';

const refusal = (node: string, code: string, message: string): GraphProblem => ({
  ...problem<GraphFix>(code, message),
  node,
});

/**
 * Why a wire from an output port to an input port can't be drawn; `null` when it can.
 * A taken input is no reason: the new wire takes the old one's place. A shape that does not fit is one.
 */
export function wiringProblem(document: LoomDocument, compilation: Compilation, from: Port, to: Port): GraphProblem | null {
  const index = indexOf(document);
  const source = index.nodes.get(from.node);
  const target = index.nodes.get(to.node);
  const definition = target && layers.get(target.type);
  if (!source || !target || !definition) return refusal(to.node, 'wire.to', 'There is no such port.');
  const { inputs } = definition;
  if (inputs.kind === 'fixed' && inputs.names.length === 0) {
    return refusal(to.node, 'wire.port', `${target.name} is where examples enter: it takes no wire.`);
  }
  if (inputs.kind === 'fixed' && to.port >= inputs.names.length) {
    return refusal(to.node, 'wire.port', `${target.name} has ${inputs.names.length} input${inputs.names.length === 1 ? '' : 's'}.`);
  }
  if (inputs.kind === 'variadic' && to.port >= (inputs.max ?? Infinity)) {
    return refusal(to.node, 'wire.port', `${target.name} takes at most ${inputs.max} inputs.`);
  }
  if (from.node === to.node) return refusal(to.node, 'cycle', `${target.name} can’t feed itself.`);
  if (leadingTo(index, [from.node]).has(to.node)) {
    return refusal(to.node, 'cycle', `${target.name} comes before ${source.name}: the wire would close a cycle.`);
  }
  const edge = { from, to };
  if (document.edges.some((other) => edgeId(other) === edgeId(edge))) {
    return refusal(to.node, 'wire.twice', 'This wire is already there.');
  }
  const shape = compilation.nodes.get(from.node)?.outputs?.[from.port];
  if (!shape) return null;
  // The target's own rule is asked about the shapes it would get; ports that are still free are left out.
  const others = (index.incoming.get(to.node) ?? []).filter((other) => !samePort(other.to, to));
  const wired = [...others, edge]
    .toSorted((a, b) => a.to.port - b.to.port)
    .map((each) => (each === edge ? shape : (compilation.nodes.get(each.from.node)?.outputs?.[each.from.port] ?? null)))
    .filter((each) => each !== null);
  const wanted = inputs.kind === 'fixed' ? inputs.names.length : Math.min(inputs.min, 2);
  if (wired.length < wanted) return null;
  const found = inferNode(definition, { ...target }, wired).problems.find((each) => each.severity === 'error');
  return found ? refusal(to.node, found.code, found.message) : null;
}
