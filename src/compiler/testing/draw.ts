import { type Edge, emptyDocument, type LoomDocument } from '@/graph/document';

type Params = Readonly<Record<string, unknown>>;

/** A layer of a test network; it takes the one before where it names no others. `pool:1` is the second output of one. */
export type Entry = readonly [id: string, type: string, params?: Params, from?: readonly string[]];

/** A document of layers in a row, wired to the one before where they don't say otherwise. */
export function documentOf(entries: readonly Entry[]): LoomDocument {
  const edges = entries.flatMap(([id, type, , from], i): Edge[] => {
    const before = entries[i - 1]?.[0];
    const sources = from ?? (type === 'input' || before === undefined ? [] : [before]);
    return sources.map((source, port) => {
      const [node = '', output = 0] = source.split(':');
      return { from: { node, port: Number(output) }, to: { node: id, port } };
    });
  });
  const nodes = entries.map(([id, type, params], i) => ({
    id,
    type,
    version: 1,
    name: id,
    params: { ...params },
    position: { x: 0, y: 100 * i },
  }));
  return { ...emptyDocument('test'), dataset: null, nodes, edges };
}
