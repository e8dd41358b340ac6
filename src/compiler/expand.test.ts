import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block, GraphNode, LoomDocument } from '@/graph/document';
import { applyEdits } from '@/graph/edits';
import { localised } from '@/graph/paths';
import { compile } from './compile';
import { expand } from './expand';
import { network, node, use, wires } from './testing/blocks';

/** He et al. 2015, fig. 5 right: 1×1, 3×3, 1×1 with four times the filters; a projection where the shape changes. */
const bottleneck: Block = {
  name: 'Bottleneck',
  params: [
    { kind: 'int', name: 'filters', default: 64 },
    { kind: 'int', name: 'stride', default: 1 },
    { kind: 'bool', name: 'project', default: false },
  ],
  nodes: [
    node('in', 'blockInput'),
    node('conv1', 'conv2d', { filters: { expr: 'filters' }, kernel: [1, 1], padding: 'same', bias: false }),
    node('conv2', 'conv2d', {
      filters: { expr: 'filters' }, kernel: [3, 3], stride: [{ expr: 'stride' }, { expr: 'stride' }], padding: [[1, 1], [1, 1]], bias: false,
    }),
    node('conv3', 'conv2d', { filters: { expr: '4*filters' }, kernel: [1, 1], padding: 'same', bias: false }),
    node('shortcut', 'conv2d', {
      filters: { expr: '4*filters' }, kernel: [1, 1], stride: [{ expr: 'stride' }, { expr: 'stride' }], bias: false,
    }, { when: 'project' }),
    node('add', 'add'),
    node('out', 'blockOutput'),
  ],
  edges: wires('in>conv1', 'conv1>conv2', 'conv2>conv3', 'in>shortcut', 'conv3>add', 'shortcut>add.1', 'add>out'),
};

/** With the blocks first, as what follows is made of them. */
const blocked = (blocks: LoomDocument['blocks'], nodes: readonly GraphNode[], ...edges: readonly string[]): LoomDocument =>
  network(nodes, wires(...edges), blocks);

const stages = blocked(
  { bottleneck },
  [
    node('input', 'input', { shape: [56, 56, 64] }),
    use('stage1', 'bottleneck', { repeat: 3, values: { filters: 64 }, first: { project: true } }),
    use('stage2', 'bottleneck', { repeat: 4, values: { filters: 128 }, first: { project: true, stride: 2 } }),
    node('output', 'output'),
  ],
  'input>stage1', 'stage1>stage2', 'stage2>output',
);

const codes = (document: LoomDocument) => compile(document).problems.map(({ code }) => code);

describe('a network drawn from blocks', () => {
  it('is ResNet-50’s first two stages', () => {
    const { plan, nodes, problems } = compile(stages);
    // Half of 56 rows is no whole number of strides of 2 for a 3×3 with padding 1, as in the paper.
    expect(problems.map(({ code, node: at }) => `${code} ${at}`).sort()).toEqual(['window.fraction stage2/0/conv2', 'window.fraction stage2/0/shortcut']);
    expect(nodes.get('stage1')?.outputs).toEqual([[null, 56, 56, 256]]);
    expect(nodes.get('stage2')?.outputs).toEqual([[null, 28, 28, 512]]);
    expect(nodes.get('stage2/0/conv2')?.outputs).toEqual([[null, 28, 28, 128]]);
    expect(nodes.get('stage2/1/conv1')?.inputs).toEqual([[null, 28, 28, 512]]);
    // torchvision's layer1 and layer2 without their batch norms, counted by PyTorch: 212,992 and 1,212,416.
    expect(nodes.get('stage1')?.cost?.params).toBe(212_992);
    expect(nodes.get('stage2')?.cost?.params).toBe(1_212_416);
    expect(plan?.totals.params).toBe(212_992 + 1_212_416);
    // Ports and what is skipped are not in the plan.
    expect(plan?.layers.map(({ path }) => path).filter((path) => path.startsWith('stage1/1'))).toEqual([
      'stage1/1/conv1', 'stage1/1/conv2', 'stage1/1/conv3', 'stage1/1/add',
    ]);
    expect(plan?.layers.flatMap(({ weights }) => weights.map(({ key }) => key))).toContain('stage2/3/conv2/kernel');
  });

  it('changes everywhere where its block is edited', () => {
    const edited = applyEdits(stages, localised(stages, [{ kind: 'setParams', node: 'stage2/3/conv2', params: { kernel: [1, 1], padding: 'valid' } }]));
    expect(compile(edited).plan?.layers.filter(({ path, params }) => path.endsWith('conv2') && String(params.kernel) === '1,1')).toHaveLength(7);
  });

  it('keeps what an edit does not reach', () => {
    const before = compile(stages);
    const edited = applyEdits(stages, [{ kind: 'setParams', node: 'stage2', params: { values: { filters: 96 } } }]);
    const after = compile(edited);
    expect(after.nodes.get('stage1/2/conv3')).toBe(before.nodes.get('stage1/2/conv3'));
    expect(after.nodes.get('stage2/0/conv1')).not.toBe(before.nodes.get('stage2/0/conv1'));
    expect(after.nodes.get('stage2')?.outputs).toEqual([[null, 28, 28, 384]]);
  });

  it('nests, and passes parameters and the repetition on', () => {
    const stage: Block = {
      name: 'Stage',
      params: [{ kind: 'int', name: 'width', default: 8 }],
      nodes: [node('x', 'blockInput'), use('units', 'unit', { repeat: { expr: 'i + 1' }, values: { width: { expr: 'width * (i + 1)' } } }), node('y', 'blockOutput')],
      edges: wires('x>units', 'units>y'),
    };
    const unit: Block = {
      name: 'Unit',
      params: [{ kind: 'int', name: 'width', default: 1 }],
      nodes: [node('x', 'blockInput'), node('dense', 'dense', { units: { expr: 'width + 100*i' } }), node('y', 'blockOutput')],
      edges: wires('x>dense', 'dense>y'),
    };
    const document = blocked(
      { stage, unit },
      [node('input', 'input', { shape: [4] }), use('stages', 'stage', { repeat: 3, values: { width: { expr: '10*(i + 1)' } } }), node('output', 'output')],
      'input>stages', 'stages>output',
    );
    const units = compile(document).plan?.layers.filter(({ type }) => type === 'dense').map(({ path, params }) => `${path} ${String(params.units)}`);
    expect(units).toEqual([
      'stages/0/units/0/dense 10',
      'stages/1/units/0/dense 20',
      'stages/1/units/1/dense 140',
      'stages/2/units/0/dense 30',
      'stages/2/units/1/dense 160',
      'stages/2/units/2/dense 290',
    ]);
  });

  it('feeds inputs that no output feeds again in every repetition', () => {
    const gated: Block = {
      name: 'Gated',
      params: [],
      nodes: [node('x', 'blockInput'), node('gate', 'blockInput'), node('times', 'multiply'), node('y', 'blockOutput')],
      edges: wires('x>times', 'gate>times.1', 'times>y'),
    };
    const document = blocked(
      { gated },
      [node('input', 'input', { shape: [4] }), node('gate', 'dense', { units: 4 }), use('g', 'gated', { repeat: 2 }), node('output', 'output')],
      'input>g', 'input>gate', 'gate>g.1', 'g>output',
    );
    const { plan, problems } = compile(document);
    expect(problems).toEqual([]);
    const paths = plan?.layers.map(({ path, sources }) => [path, sources.map(({ layer }) => plan.layers[layer]?.path)]);
    expect(paths).toContainEqual(['g/1/times', ['g/0/times', 'gate']]);
  });
});

describe('what is wrong with blocks', () => {
  const around = (block: Block, params: object = {}) =>
    blocked({ block }, [node('input', 'input', { shape: [4] }), use('b', 'block', params), node('output', 'output')], 'input>b', 'b>output');
  const dense: Block = {
    name: 'Head',
    params: [{ kind: 'int', name: 'width', default: 8 }],
    nodes: [node('x', 'blockInput'), node('dense', 'dense', { units: { expr: 'width' } }), node('y', 'blockOutput')],
    edges: wires('x>dense', 'dense>y'),
  };
  const messageOf = (document: LoomDocument) =>
    compile(document).problems.filter(({ node: at }) => at !== null).map(({ node: at, message }) => `${at}: ${message}`)[0];

  it('is told with its name and the way out', () => {
    expect(messageOf(around(dense, { values: { depth: 3 } }))).toBe('b: b: the block Head has no parameter “depth”; it has width.');
    expect(messageOf(around(dense, { values: { width: { expr: 'size/2' } } }))).toBe(
      'b: b: width: “size/2” can’t be worked out: nothing here is called “size”; there are no names.',
    );
    expect(messageOf(around(dense, { values: { width: 2.5 } }))).toBe('b: b: width is 2.5; a whole number is needed.');
    expect(messageOf(around(dense, { repeat: { expr: '0' } }))).toBe('b: b: it is repeated 0 times; a whole number from 1 to 1000 is needed.');
    expect(messageOf({ ...around(dense), blocks: {} })).toBe('b: b stands for the block “block”, which this document does not have.');
    const broken = { ...dense, nodes: dense.nodes.map((each) => (each.id === 'dense' ? { ...each, params: { units: { expr: 'width +' } } } : each)) };
    expect(messageOf(around(broken))).toMatch(/^b\/dense: b\/dense: “width \+” can’t be worked out: expected expression after \+/);
    const odd = { ...dense, nodes: dense.nodes.map((each) => (each.id === 'dense' ? { ...each, when: 'width' } : each)) };
    expect(messageOf(around(odd))).toBe('b/dense: b/dense is there only if “width”, which can’t be worked out: it comes to 8, not to yes or no.');
  });

  it('is a cycle of blocks', () => {
    const a: Block = { ...dense, name: 'A', nodes: [...dense.nodes, use('inner', 'b')] };
    const b: Block = { ...dense, name: 'B', nodes: [...dense.nodes, use('inner', 'a')] };
    const document = blocked({ a, b }, [use('top', 'a')]);
    expect(messageOf(document)).toBe('top/inner/inner: A block can’t hold itself: A → B → A. Take top/inner/inner out of it.');
  });

  it('is a wire at a port that is not there, with a fix that takes it away', () => {
    const document = { ...around(dense), edges: [...around(dense).edges, ...wires('input>b.1')] };
    const found = compile(document).problems.find(({ code }) => code === 'wire.port');
    expect(found).toMatchObject({ node: 'b', edge: 'input.0>b.1', message: 'A wire ends at input 2 of b, which has 1.' });
    const mended = applyEdits(document, localised(document, found?.fixes?.[0]?.edits ?? []));
    expect(codes(mended)).toEqual([]);
  });

  it('is an input without a wire, named', () => {
    const document = { ...around(dense), edges: wires('b>output') };
    expect(messageOf(document)).toBe('b/x: Nothing is wired to b/x.');
  });

  it('has fixes that change the block', () => {
    const conv: Block = {
      name: 'Odd', params: [],
      nodes: [node('x', 'blockInput'), node('conv', 'conv2d', { filters: 4, kernel: [3, 3], stride: [2, 2], padding: 'valid' }), node('y', 'blockOutput')],
      edges: wires('x>conv', 'conv>y'),
    };
    const document = {
      ...blocked({ conv }, [node('input', 'input', { shape: [10, 10, 3] }), use('c', 'conv'), node('output', 'output')], 'input>c', 'c>output'),
      strict: true,
    };
    const found = compile(document).problems.find(({ code }) => code === 'window.fraction');
    expect(found?.node).toBe('c/conv');
    const mended = applyEdits(document, localised(document, found?.fixes?.[0]?.edits ?? []));
    expect(mended.blocks).not.toBe(document.blocks);
    expect(codes(mended)).toEqual([]);
  });
});

/** A chain of units, some inside blocks: drawn with blocks, and the same drawn flat by hand. */
interface Drawing {
  readonly document: LoomDocument;
  readonly flat: LoomDocument;
}

const drawing: fc.Arbitrary<Drawing> = fc
  .array(fc.record({ width: fc.integer({ min: 1, max: 9 }), repeat: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }), skip: fc.boolean(), firstWidth: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }) }), { minLength: 1, maxLength: 5 })
  .map((stagesDrawn) => {
    const unit: Block = {
      name: 'Unit',
      params: [{ kind: 'int', name: 'width', default: 1 }, { kind: 'bool', name: 'act', default: true }],
      nodes: [
        node('x', 'blockInput'),
        node('dense', 'dense', { units: { expr: '2*width + i' } }),
        node('relu', 'activation', { activation: 'relu' }, { when: 'act' }),
        node('y', 'blockOutput'),
      ],
      edges: wires('x>dense', 'dense>relu', 'relu>y'),
    };
    const nodes: GraphNode[] = [node('input', 'input', { shape: [3] })];
    const flatNodes: GraphNode[] = [node('input', 'input', { shape: [3] })];
    const edges: string[] = [];
    const flatEdges: string[] = [];
    let last = 'input';
    let lastFlat = 'input';
    stagesDrawn.forEach(({ width, repeat, skip, firstWidth }, k) => {
      const id = `s${k}`;
      nodes.push(use(id, 'unit', { ...(repeat === undefined ? {} : { repeat }), values: { width, act: !skip }, first: firstWidth === undefined ? {} : { width: firstWidth } }));
      edges.push(`${last}>${id}`);
      last = id;
      for (let i = 0; i < (repeat ?? 1); i += 1) {
        const path = repeat === undefined ? `${id}/` : `${id}/${i}/`;
        flatNodes.push(node(`${path}dense`, 'dense', { units: 2 * (i === 0 ? (firstWidth ?? width) : width) + i }));
        flatEdges.push(`${lastFlat}>${path}dense`);
        lastFlat = `${path}dense`;
        if (skip) continue;
        flatNodes.push(node(`${path}relu`, 'activation', { activation: 'relu' }));
        flatEdges.push(`${lastFlat}>${path}relu`);
        lastFlat = `${path}relu`;
      }
    });
    const end = [node('output', 'output')];
    return {
      document: blocked({ unit }, [...nodes, ...end], ...edges, `${last}>output`),
      flat: blocked({}, [...flatNodes, ...end], ...flatEdges, `${lastFlat}>output`),
    };
  });

describe('a blocked document', () => {
  it('makes the plan of the same network drawn flat', () => {
    fc.assert(
      fc.property(drawing, ({ document, flat }) => {
        expect(compile(document).plan).toEqual(compile(flat).plan);
      }),
    );
  });

  it('drawn again without a change is the same objects', () => {
    const [first, second] = [expand(stages), expand({ ...stages })];
    expect(second.graph.edges).toBe(first.graph.edges);
    expect(second.graph.nodes).toBe(first.graph.nodes);
  });
});
