import { formatShape } from '@/core/shape';
import { wiringProblem } from '@/compiler/wiring';
import { edgeId, samePort, type Edge, type LoomDocument, type Port } from '@/graph/document';
import type { GraphProblem } from '@/graph/edits';
import { inputCount, inputName, nodesById } from '@/graph/ports';
import { wireInto } from '@/graph/wire';
import { compilationOf } from './compilation';

/** What comes of drawing a wire: why it can't be, or which wire gives way to it. */
export interface WireOutcome {
  readonly problem: GraphProblem | null;
  readonly replaces: Edge | null;
}

const outcomes = new WeakMap<LoomDocument, Map<string, WireOutcome>>();

/** A wire that is already there is no reason against a new one, which replaces it. */
export function wireOutcome(document: LoomDocument, from: Port, to: Port): WireOutcome {
  const cache = outcomes.get(document) ?? new Map<string, WireOutcome>();
  outcomes.set(document, cache);
  const key = edgeId({ from, to });
  const known = cache.get(key);
  if (known) return known;
  const old = wireInto(document, to) ?? null;
  const outcome =
    old && samePort(old.from, from)
      ? { problem: null, replaces: old }
      : {
          problem: wiringProblem(document, compilationOf(document), from, to),
          replaces: old,
        };
  cache.set(key, outcome);
  return outcome;
}

/** `28×28×6`; empty while it is unknown. */
export function portShapeText(document: LoomDocument, port: Port): string {
  const shape = compilationOf(document).nodes.get(port.node)?.outputs?.[port.port];
  return shape ? formatShape(shape) : '';
}

/** An input port that a wire from `from` might enter. */
export interface Candidate {
  readonly port: Port;
  readonly node: string;
  readonly name: string;
  readonly outcome: WireOutcome;
  /** What a screen reader says: `conv2, input, free, 28×28×6`. */
  readonly text: string;
}

/** All input ports of the other nodes: those that can take the wire first, near before far. */
export function wiringCandidates(document: LoomDocument, from: Port): readonly Candidate[] {
  const byId = nodesById(document);
  const origin = byId.get(from.node);
  if (!origin) return [];
  const shape = portShapeText(document, from);
  const far = (id: string) => {
    const at = byId.get(id)?.position ?? origin.position;
    return Math.hypot(at.x - origin.position.x, at.y - origin.position.y);
  };
  const candidates = document.nodes
    .filter((node) => node.id !== from.node)
    .flatMap((node) =>
      Array.from({ length: inputCount(document, node) }, (_, port): Candidate => {
        const to = { node: node.id, port };
        const outcome = wireOutcome(document, from, to);
        const name = inputName(document, node, port);
        const present = outcome.replaces;
        const same = present !== null && samePort(present.from, from);
        const state = outcome.problem
          ? `can’t: ${outcome.problem.message}`
          : same
            ? 'already wired'
            : present
              ? `taken by ${byId.get(present.from.node)?.name ?? present.from.node}, Enter replaces it`
              : `free${shape ? `, ${shape}` : ''}`;
        return { port: to, node: node.name, name, outcome, text: `${node.name}, ${name}, ${state}` };
      }),
    );
  const rank = ({ outcome }: Candidate) => (outcome.problem ? 2 : outcome.replaces ? 1 : 0);
  return candidates.sort((a, b) => rank(a) - rank(b) || far(a.port.node) - far(b.port.node) || a.port.port - b.port.port);
}
