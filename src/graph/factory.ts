import { defaults, type AnyParams } from '@/core/params';
import { findDataset } from '@/datasets/registry';
import type { LayerDefinition } from '@/layers/define';
import type { GraphNode, LoomDocument, Position } from './document';
import { prefixIn } from './drawing';
import { lastOf } from './paths';

/** A node's size on the canvas, in its pixels; known before anything is drawn. */
export const nodeSize = { width: 176, height: 52 } as const;
/** Distance from one node's top to the next one's below it. */
export const rowHeight = 96;
export const columnWidth = 232;

/** What names begin with: `conv2d` gives `conv1`, `conv2`, …; input and output go without a number while they are alone. */
function baseName(type: string): string {
  return type.replace(/\d+d$/i, '').replace(/[^A-Za-z0-9_]/g, '') || 'layer';
}

/** Names a new node as people do, `conv1`, clashing with no id and no name of the document or of `taken`. */
export function freshName(document: LoomDocument, base: string, taken: ReadonlySet<string> = new Set()): string {
  const used = new Set([...taken, ...document.nodes.flatMap((node) => [lastOf(node.id), node.name])]);
  const alone = base === 'input' || base === 'output';
  if (alone && !used.has(base)) return base;
  for (let n = alone ? 2 : 1; ; n += 1) {
    const name = `${base}${n}`;
    if (!used.has(name)) return name;
  }
}

/** An input takes the shape of the chosen dataset's examples. */
function datasetShape(document: LoomDocument, { role, params }: LayerDefinition): AnyParams {
  const dataset = document.dataset === null ? undefined : findDataset(document.dataset);
  return role === 'source' && params.shape?.kind === 'sizes' && dataset ? { shape: [...dataset.input] } : {};
}

/** A new node of a layer, with its default parameters. Its id is its first name. */
export function createNode(document: LoomDocument, definition: LayerDefinition, position: Position): GraphNode {
  const name = freshName(document, baseName(definition.type));
  return {
    id: prefixIn(document) + name,
    type: definition.type,
    version: definition.version,
    name,
    params: { ...defaults(definition.params), ...datasetShape(document, definition) },
    position,
  };
}

const gap = 16;

/** The first place at or below `wished`, then to its right, where a node overlaps no other. */
export function freePosition(document: LoomDocument, wished: Position): Position {
  const overlaps = (at: Position) =>
    document.nodes.some(
      ({ position }) =>
        Math.abs(position.x - at.x) < nodeSize.width + gap && Math.abs(position.y - at.y) < nodeSize.height + gap,
    );
  for (let column = 0; ; column += 1) {
    const at = { x: wished.x + column * columnWidth, y: wished.y };
    if (!overlaps(at)) return at;
  }
}
