import { holdsExpression } from '@/core/expression';
import { problem } from '@/core/problem';
import { blockOf, portsOf, portTypes } from '@/graph/blocks';
import { edgeId, samePort, type Edge, type GraphNode, type LoomDocument, type Port } from '@/graph/document';
import { edited, wholeOf } from '@/graph/drawing';
import type { GraphFix, GraphProblem } from '@/graph/edits';
import { indexOf, leadingTo } from '@/graph/traverse';
import { connectEdits } from '@/graph/wire';
import type { Inputs } from '@/layers/define';
import { definitionFor } from '@/layers/registry';
import { compile } from './compile';
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
  const inputs = target && inputsOf(document, target);
  if (!source || !target || !inputs) return refusal(to.node, 'wire.to', 'There is no such port.');
  if (target.type === portTypes.input) {
    return refusal(to.node, 'wire.port', `${target.name} is where a wire enters the block: it is wired outside.`);
  }
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
  const definition = definitionFor(target.type);
  // Expressions are worked out where the network is drawn flat, and a block is as sound as what it holds.
  if (!definition || holdsExpression(target.params)) return tried(document, compilation, edge);
  const found = inferNode(definition, { ...target }, wired).problems.find((each) => each.severity === 'error');
  return found ? refusal(to.node, found.code, found.message) : null;
}

const inputsOf = (document: LoomDocument, node: GraphNode): Inputs | undefined => {
  const block = blockOf(document, node);
  return block ? { kind: 'fixed', names: portsOf(block).inputs.map(({ name }) => name) } : definitionFor(node.type)?.inputs;
};

/** The first error that a wire would bring to the node where it ends. */
function tried(document: LoomDocument, before: Compilation, { from, to }: Edge): GraphProblem | null {
  const at = ({ node }: GraphProblem) => node === to.node || (node?.startsWith(`${to.node}/`) ?? false);
  const known = new Set(before.problems.filter(at).map(({ code, node }) => `${code} ${node}`));
  const after = compile(wholeOf(edited(document, connectEdits(document, from, to))));
  const found = after.problems.find((each) => each.severity === 'error' && at(each) && !known.has(`${each.code} ${each.node}`));
  return found ? refusal(to.node, found.code, found.message) : null;
}
