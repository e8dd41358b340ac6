import { holdsExpression, textOf } from '@/core/expression';
import { parseParams, type AnyParams } from '@/core/params';
import { blockOf, readUse } from './blocks';
import type { GraphNode, LoomDocument } from './document';
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

const valuesText = (values: Readonly<Record<string, unknown>>): string =>
  Object.entries(values)
    .map(([name, value]) => (value === true ? name : value === false ? `no ${name}` : `${name} ${textOf(value as Parameters<typeof textOf>[0])}`))
    .join(' · ');

/**
 * What a node says of itself in its document, which knows the blocks: `Bottleneck × 3`, `filters 64 · first project`.
 * @param params what the expressions of its parameters come to where it stands, as far as that is known.
 */
export function faceIn(document: LoomDocument, node: GraphNode, params: AnyParams | null = null): Face {
  const block = blockOf(document, node);
  const use = block && readUse(node);
  if (!block || !use) {
    const definition = params && holdsExpression(node.params) ? definitionOf(node) : undefined;
    return definition && params ? { kind: definition.kind(params), telling: definition.telling(params) } : faceOf(node);
  }
  const times = use.repeat === undefined ? '' : ` × ${textOf(use.repeat)}`;
  const first = valuesText(use.first);
  return { kind: `${block.name}${times}`, telling: [valuesText(use.values), first && `first ${first}`].filter(Boolean).join(' · ') };
}
