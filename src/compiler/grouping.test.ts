import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockType } from '@/graph/blocks';
import type { Block, LoomDocument } from '@/graph/document';
import { applyEdits } from '@/graph/edits';
import { detach, group, ungroup } from '@/graph/grouping';
import { compile } from './compile';
import type { Plan } from './plan';
import { network, node, wires } from './testing/blocks';

/** He et al. 2015: two 3×3 convolutions beside a shortcut. */
const residual = network(
  [
    node('input', 'input', { shape: [8, 8, 4] }),
    node('conv1', 'conv2d', { filters: 4, kernel: [3, 3], padding: 'same' }),
    node('conv2', 'conv2d', { filters: 4, kernel: [3, 3], padding: 'same' }),
    node('add1', 'add'),
    node('output', 'output'),
  ],
  wires('input>conv1', 'conv1>conv2', 'conv2>add1', 'input>add1.1', 'add1>output'),
);

/** What a plan computes, whatever its layers are called. */
const computed = (plan: Plan | null) => {
  const index = new Map(plan?.layers.map((layer, i) => [i, layer]));
  /** A layer as the tree of all that it is computed from. */
  const tree = (i: number): unknown => {
    const layer = index.get(i);
    return layer && [layer.type, layer.params, layer.outputs, layer.sources.map(({ layer: source, port }) => [tree(source), port])];
  };
  return plan?.outputs.map(tree);
};

function changed(document: LoomDocument, made: ReturnType<typeof group>): LoomDocument {
  if (!made.ok) throw new Error(made.error);
  return applyEdits(document, made.value.edits);
}

describe('grouping', () => {
  it('makes one input of what comes from one place, and computes the same', () => {
    const grouped = changed(residual, group(residual, ['conv1', 'conv2', 'add1'], 'Residual'));
    expect(grouped.nodes.map(({ id }) => id)).toEqual(['input', 'output', 'residual1']);
    expect(grouped.blocks.residual?.nodes.map(({ id, type }) => `${id} ${type}`)).toEqual([
      'in blockInput', 'conv1 conv2d', 'conv2 conv2d', 'add1 add', 'out blockOutput',
    ]);
    expect(computed(compile(grouped).plan)).toEqual(computed(compile(residual).plan));
  });

  it('gives back what it took', () => {
    const grouped = changed(residual, group(residual, ['conv1', 'conv2', 'add1'], 'Residual'));
    const back = changed(grouped, ungroup(grouped, 'residual1'));
    expect(computed(compile(back).plan)).toEqual(computed(compile(residual).plan));
    expect(back.nodes.map(({ type }) => type)).not.toContain(blockType);
  });

  it('refuses what would feed itself, and names it', () => {
    expect(group(residual, ['conv1', 'add1'], 'Odd')).toEqual({
      ok: false,
      error: 'conv2 lies between the selected layers: the block would feed itself. Select it too.',
    });
    expect(group(residual, [], 'None')).toMatchObject({ ok: false });
  });

  it('makes an output of each port that leads on, once', () => {
    const forked = { ...residual, edges: [...residual.edges.filter(({ to }) => to.node !== 'add1'), ...wires('conv2>add1', 'conv1>add1.1')] };
    const grouped = changed(forked, group(forked, ['conv1'], 'Stem'));
    expect(grouped.blocks.stem?.nodes.filter(({ type }) => type === 'blockOutput')).toHaveLength(1);
    const both = changed(forked, group(forked, ['conv1', 'conv2'], 'Stem'));
    expect(both.blocks.stem?.nodes.filter(({ type }) => type === 'blockOutput')).toHaveLength(2);
    for (const document of [grouped, both]) expect(computed(compile(document).plan)).toEqual(computed(compile(forked).plan));
  });

  it('passes on what expressions inside need', () => {
    const outer: Block = {
      name: 'Outer',
      params: [{ kind: 'int', name: 'width', default: 3 }, { kind: 'int', name: 'other', default: 1 }],
      nodes: [node('x', 'blockInput'), node('dense1', 'dense', { units: { expr: 'width*(i + 1)' } }), node('dense2', 'dense', { units: { expr: 'other' } }), node('y', 'blockOutput')],
      edges: wires('x>dense1', 'dense1>dense2', 'dense2>y'),
    };
    const document = network(
      [node('input', 'input', { shape: [5] }), node('b', blockType, { block: 'outer', repeat: 2, values: { width: 7 } }), node('output', 'output')],
      wires('input>b', 'b>output'),
      { outer },
    );
    const grouped = changed(document, group(document, ['b/1/dense1'], 'Inner'));
    expect(grouped.blocks.inner?.params.map(({ name }) => name)).toEqual(['width', 'outerI']);
    expect(computed(compile(grouped).plan)).toEqual(computed(compile(document).plan));
    const back = changed(grouped, ungroup(grouped, 'b/0/inner1'));
    expect(computed(compile(back).plan)).toEqual(computed(compile(document).plan));
  });
});

describe('ungrouping', () => {
  const unit: Block = {
    name: 'Unit',
    params: [{ kind: 'int', name: 'width', default: 2 }, { kind: 'bool', name: 'act', default: true }],
    nodes: [
      node('x', 'blockInput'),
      node('dense1', 'dense', { units: { expr: '2*width + i' } }),
      node('relu', 'activation', { activation: 'relu' }, { when: 'act && i < n - 1' }),
      node('y', 'blockOutput'),
    ],
    edges: wires('x>dense1', 'dense1>relu', 'relu>y'),
  };

  it('draws every repetition out, parameters worked out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 9 }), fc.boolean(), (repeat, width, act) => {
        const document = network(
          [node('input', 'input', { shape: [3] }), node('u', blockType, { block: 'unit', repeat, values: { width, act }, first: { width: 9 } }), node('output', 'output')],
          wires('input>u', 'u>output'),
          { unit },
        );
        const flat = changed(document, ungroup(document, 'u'));
        expect(flat.nodes.some(({ type, params }) => type === blockType || JSON.stringify(params).includes('expr'))).toBe(false);
        expect(computed(compile(flat).plan)).toEqual(computed(compile(document).plan));
      }),
    );
  });

  it('says why it can’t', () => {
    expect(ungroup(residual, 'conv1')).toEqual({ ok: false, error: 'Select a block to ungroup it.' });
  });
});

describe('detaching', () => {
  it('leaves the other uses as they are', () => {
    const grouped = changed(residual, group(residual, ['conv1'], 'Stem'));
    const detached = changed(grouped, detach(grouped, 'stem1'));
    expect(Object.keys(detached.blocks)).toEqual(['stem', 'stem2']);
    expect(detached.blocks.stem2?.name).toBe('Stem 2');
    expect(detached.nodes.find(({ id }) => id === 'stem1')?.params.block).toBe('stem2');
    expect(computed(compile(detached).plan)).toEqual(computed(compile(residual).plan));
  });
});
