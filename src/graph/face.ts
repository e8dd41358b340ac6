import { parseParams } from '@/core/params';
import type { GraphNode } from './document';
import { definitionOf } from './ports';

/** What a node says of itself without its surroundings. */
export interface Face {
  /** `Conv 2D · ReLU`. */
  readonly kind: string;
  /** `6 · 5×5 · pad 2`. */
  readonly telling: string;
}

const faces = new WeakMap<GraphNode, Face>();

/** Computed once per node object. */
export function faceOf(node: GraphNode): Face {
  const known = faces.get(node);
  if (known) return known;
  const definition = definitionOf(node);
  const params = definition && parseParams(definition.params, node.params);
  const face: Face = !definition
    ? { kind: `unknown: ${node.type}`, telling: '' }
    : params?.ok
      ? { kind: definition.kind(params.value), telling: definition.telling(params.value) }
      : { kind: definition.title, telling: '' };
  faces.set(node, face);
  return face;
}
