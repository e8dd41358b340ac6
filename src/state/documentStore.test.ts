import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { edgeId, type LoomDocument } from '@/graph/document';
import type { Edit } from '@/graph/edits';
import { createNode } from '@/graph/factory';
import { removeEdits } from '@/graph/wire';
import { layers } from '@/layers/registry';
import { createDocumentStore } from './documentStore';
import { chain } from './testing';

/** With a block that holds one dense layer. */
const start = (): LoomDocument => {
  const document = chain(['input', 'conv2d', 'flatten', 'dense', 'output']);
  const [inner] = chain(['dense']).nodes;
  return { ...document, blocks: { head: { name: 'Head', params: [], nodes: inner ? [inner] : [], edges: [] } } };
};
const wire = { from: { node: 'conv1', port: 0 }, to: { node: 'dense1', port: 0 } };

const oneOfEach: Readonly<Record<Edit['kind'], Edit>> = {
  addNodes: { kind: 'addNodes', nodes: [createNode(start(), layers.get('dense')!, { x: 9, y: 9 })], edges: [] },
  removeNodes: { kind: 'removeNodes', ids: ['conv1'] },
  connect: { kind: 'connect', edge: wire },
  disconnect: { kind: 'disconnect', edges: [edgeId(start().edges[0]!)] },
  setParams: { kind: 'setParams', node: 'conv1', params: { filters: 32 } },
  setWhen: { kind: 'setWhen', node: 'conv1', when: '1 > 2' },
  inBlock: { kind: 'inBlock', block: 'head', edits: [{ kind: 'rename', node: 'dense1', name: 'last' }] },
  setBlock: { kind: 'setBlock', block: 'head', values: { name: 'Top' } },
  addBlocks: { kind: 'addBlocks', blocks: { empty: { name: 'Empty', params: [], nodes: [], edges: [] } } },
  removeBlocks: { kind: 'removeBlocks', ids: ['head'] },
  rename: { kind: 'rename', node: 'conv1', name: 'first' },
  move: { kind: 'move', positions: { conv1: { x: 5, y: 5 } } },
  setRecipe: { kind: 'setRecipe', recipe: { epochs: 77 } },
  setDocument: { kind: 'setDocument', values: { name: 'Mine' } },
};

describe('undo', () => {
  it.each(Object.values(oneOfEach))('takes back $kind and does it again', (edit) => {
    const before = start();
    const store = createDocumentStore(before);
    store.getState().edit('something', [edit]);
    const after = store.getState().document;
    expect(after).not.toEqual(before);
    store.getState().undo();
    expect(store.getState().document).toBe(before);
    store.getState().redo();
    expect(store.getState().document).toBe(after);
  });

  it('makes one step of edits in a row with the same mark, and new steps after another mark, a selection or an undo', () => {
    const store = createDocumentStore(start());
    const type = (epochs: number, mark = 'epochs') =>
      store.getState().edit('epochs', [{ kind: 'setRecipe', recipe: { epochs } }], { mark });
    type(1);
    type(12);
    type(123);
    expect(store.getState().past).toHaveLength(1);
    type(124, 'another');
    expect(store.getState().past).toHaveLength(2);
    store.getState().select(['conv1']);
    type(125, 'another');
    expect(store.getState().past).toHaveLength(3);
    store.getState().undo();
    type(126, 'another');
    expect(store.getState().past).toHaveLength(3);
    for (let i = 0; i < 3; i += 1) store.getState().undo();
    expect(store.getState().document.recipe.epochs).toBe(start().recipe.epochs);
  });

  it('makes no step of an edit that changes nothing', () => {
    const store = createDocumentStore(start());
    const { recipe, name } = start();
    const nothing: readonly Edit[] = [
      { kind: 'move', positions: { conv1: { x: 0, y: 96 } } },
      { kind: 'rename', node: 'conv1', name: 'conv1' },
      { kind: 'setParams', node: 'conv1', params: { kernel: [3, 3] } },
      { kind: 'setRecipe', recipe: { epochs: recipe.epochs } },
      { kind: 'setDocument', values: { name } },
      { kind: 'setWhen', node: 'conv1', when: null },
      { kind: 'setBlock', block: 'head', values: { name: 'Head' } },
      { kind: 'inBlock', block: 'nowhere', edits: [{ kind: 'removeNodes', ids: ['dense1'] }] },
      { kind: 'removeBlocks', ids: ['nowhere'] },
      { kind: 'disconnect', edges: ['no such wire'] },
      { kind: 'removeNodes', ids: ['nobody'] },
    ];
    for (const edit of nothing) store.getState().edit('nothing', [edit]);
    expect(store.getState().past).toHaveLength(0);
  });

  it('brings the selection of the time back', () => {
    const store = createDocumentStore(start());
    store.getState().select(['conv1']);
    store.getState().edit('delete', [oneOfEach.removeNodes], { select: [] });
    expect(store.getState().selection.size).toBe(0);
    store.getState().undo();
    expect([...store.getState().selection]).toEqual(['conv1']);
  });

  it('leads from any edits back to the start, and again to the end', () => {
    type Step = (document: LoomDocument) => readonly Edit[];
    const types = [...layers.keys()];
    const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)];
    const step: fc.Arbitrary<Step> = fc
      .record({ kind: fc.integer({ min: 0, max: 6 }), a: fc.nat(50), b: fc.nat(50), x: fc.integer({ min: -500, max: 500 }) })
      .map(({ kind, a, b, x }) => (document) => {
        const node = pick(document.nodes, a);
        const other = pick(document.nodes, b);
        const edge = pick(document.edges, a);
        const definition = layers.get(pick(types, a) ?? '');
        switch (kind) {
          case 0:
            return definition ? [{ kind: 'addNodes', nodes: [createNode(document, definition, { x, y: b })], edges: [] }] : [];
          case 1:
            return node ? removeEdits(document, new Set([node.id])) : [];
          case 2:
            return node && other ? [{ kind: 'connect', edge: { from: { node: node.id, port: 0 }, to: { node: other.id, port: b % 3 } } }] : [];
          case 3:
            return edge ? removeEdits(document, new Set([edgeId(edge)])) : [];
          case 4:
            return node ? [{ kind: 'move', positions: { [node.id]: { x, y: a } } }] : [];
          case 5:
            return node ? [{ kind: 'setParams', node: node.id, params: { filters: a } }] : [];
          default:
            return [{ kind: 'setRecipe', recipe: { epochs: a + 1 } }];
        }
      });
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.option(fc.constantFrom('a', 'b'), { nil: undefined })), { maxLength: 60 }), (steps) => {
        const before = start();
        const store = createDocumentStore(before);
        for (const [make, mark] of steps) {
          store.getState().edit('edit', make(store.getState().document), mark === undefined ? {} : { mark });
        }
        const after = store.getState().document;
        const done = store.getState().past.length;
        for (let i = 0; i < done; i += 1) store.getState().undo();
        expect(store.getState().document).toBe(before);
        expect(store.getState().past).toHaveLength(0);
        for (let i = 0; i < done; i += 1) store.getState().redo();
        expect(store.getState().document).toBe(after);
      }),
      { numRuns: 200 },
    );
  });
});
