import { describe, expect, it } from 'vitest';
import { formatShape } from '@/core/shape';
import { emptyDocument, type Edge, type LoomDocument } from '@/graph/document';
import { applyEdits } from '@/graph/edits';
import { compile } from './compile';
import { lower } from './lower';
import { wiringProblem } from './wiring';

type Drawn = readonly [id: string, type: string, params?: Readonly<Record<string, unknown>>];

/** A document of nodes and wires `a>b` or `a>b.1` (second input of b). */
function draw(nodes: readonly Drawn[], wires: readonly string[], values: Partial<LoomDocument> = {}): LoomDocument {
  const edges = wires.map((wire): Edge => {
    const [from = '', to = ''] = wire.split('>');
    const [node = '', port = '0'] = to.split('.');
    return { from: { node: from, port: 0 }, to: { node, port: Number(port) } };
  });
  return {
    ...emptyDocument(),
    dataset: null,
    nodes: nodes.map(([id, type, params = {}]) => ({ id, type, version: 1, name: id, params, position: { x: 0, y: 0 } })),
    edges,
    ...values,
  };
}

/** One after another. */
const chain = (nodes: readonly Drawn[], values?: Partial<LoomDocument>) =>
  draw(nodes, nodes.slice(1).map(([id], i) => `${nodes[i]![0]}>${id}`), values);

const codes = (document: LoomDocument) => compile(document).problems.map(({ severity, code, node }) => [severity, code, node]);
const messageOf = (document: LoomDocument, code: string) =>
  compile(document).problems.find((found) => found.code === code)?.message;

const lenet = chain([
  ['in', 'input', { shape: [28, 28, 1] }],
  ['c1', 'conv2d', { filters: 6, kernel: [5, 5], padding: [[2, 2], [2, 2]], activation: 'relu' }],
  ['p1', 'maxPool2d'],
  ['c2', 'conv2d', { filters: 16, kernel: [5, 5], activation: 'relu' }],
  ['p2', 'maxPool2d'],
  ['f', 'flatten'],
  ['d1', 'dense', { units: 120, activation: 'relu' }],
  ['d2', 'dense', { units: 84, activation: 'relu' }],
  ['d3', 'dense', { units: 10, activation: 'softmax' }],
  ['out', 'output'],
]);

describe('compiling LeNet-5', () => {
  const { plan, problems } = compile(lenet);

  it('finds nothing wrong and infers the published shapes', () => {
    expect(problems).toEqual([]);
    expect(plan?.layers.map((layer) => formatShape(layer.outputs[0]!))).toEqual([
      '28×28×1', '28×28×6', '14×14×6', '10×10×16', '5×5×16', '400', '120', '84', '10', '10',
    ]);
  });

  it('counts 61,706 parameters and the multiply-adds of convolutions and dense layers', () => {
    expect(plan?.totals.params).toBe(156 + 2_416 + 48_120 + 10_164 + 850);
    expect(plan?.totals.macs).toBe(28 * 28 * 6 * 25 + 100 * 16 * 150 + 400 * 120 + 120 * 84 + 84 * 10);
  });

  it('lowers numeric padding to ZeroPadding2D before a valid convolution, and the softmax to a layer of its own', () => {
    const { topology, weights, outputsOf } = lower(plan!);
    const text = JSON.stringify(topology);
    expect(text).toContain('"class_name":"ZeroPadding2D","name":"c1_pad"');
    expect(outputsOf.get('d3')).toEqual([{ layer: 'd3_softmax', index: 0 }]);
    expect(outputsOf.get('out')).toEqual([{ layer: 'd3_softmax', index: 0 }]);
    expect(weights.map((weight) => weight.name).slice(0, 3)).toEqual(['c1/kernel', 'c1/bias', 'c2/kernel']);
  });
});

describe('what is wrong with a drawing', () => {
  const image: Drawn = ['in', 'input', { shape: [10, 10, 1] }];
  const out: Drawn = ['out', 'output'];

  it('an empty canvas asks for a beginning', () => {
    expect(codes(draw([], []))).toEqual([['error', 'network.empty', null]]);
  });

  it('a network wants an input and an output', () => {
    expect(codes(draw([['d', 'dense']], []))).toEqual(
      expect.arrayContaining([['error', 'network.input', null], ['error', 'network.output', null]]),
    );
  });

  it('a missing input is an error where the network needs it and a warning on a loose layer', () => {
    const found = codes(draw([image, ['f', 'flatten'], ['d', 'dense'], ['loose', 'dense'], out], ['in>f', 'd>out']));
    expect(found).toContainEqual(['error', 'input.missing', 'd']);
    expect(found).toContainEqual(['warning', 'input.missing', 'loose']);
    expect(found).toContainEqual(['warning', 'layer.unused', 'loose']);
  });

  it('a cycle is named by its layers, and removing the offered wire mends it', () => {
    const document = draw(
      [image, ['a', 'conv2d', { filters: 1, padding: 'same' }], ['sum', 'add'], ['b', 'conv2d', { filters: 1, padding: 'same' }], out],
      ['in>sum', 'sum>a', 'a>b', 'b>sum.1', 'b>out'],
    );
    const cycle = compile(document).problems.filter((found) => found.code === 'cycle');
    expect(cycle[0]?.message).toMatch(/sum → a → b → sum|a → b → sum → a|b → sum → a → b/);
    const fix = cycle.flatMap((found) => found.fixes ?? [])[0]!;
    expect(compile(applyEdits(document, fix.edits)).problems.map((found) => found.code)).not.toContain('cycle');
  });

  it('two wires at one input are refused, each with the way to remove it', () => {
    const document = draw([image, ['a', 'conv2d'], ['b', 'conv2d'], out], ['in>a', 'in>b', 'a>out', 'b>out']);
    const twice = compile(document).problems.find((found) => found.code === 'wire.twice');
    expect(twice?.fixes).toHaveLength(2);
    for (const fix of twice?.fixes ?? []) {
      expect(compile(applyEdits(document, fix.edits)).problems.map((found) => found.code)).not.toContain('wire.twice');
    }
  });

  it('wires to nowhere, from nowhere and to ports that are not there are each told', () => {
    const found = codes(draw([image, out], ['in>out', 'ghost>out', 'in>ghost', 'in>out.3'])).map(([, code]) => code);
    expect(found).toEqual(expect.arrayContaining(['wire.from', 'wire.to', 'wire.port']));
  });

  it('the course’s case, (10 + 0 − 1·(3 − 1) − 1)/2 = 3.5, warns, and is an error in strict mode', () => {
    const document = chain([image, ['c', 'conv2d', { filters: 1, kernel: [3, 3], stride: [2, 2] }], out]);
    expect(codes(document)).toEqual([['warning', 'window.fraction', 'c']]);
    expect(compile(document).plan).not.toBeNull();
    expect(messageOf(document, 'window.fraction')).toContain('3.5');
    const strict = { ...document, strict: true };
    expect(codes(strict)).toEqual([['error', 'window.fraction', 'c']]);
    expect(compile(strict).plan).toBeNull();
  });

  it('every fix offered for a fraction makes it go away', () => {
    const document = chain([image, ['c', 'conv2d', { filters: 1, kernel: [3, 3], stride: [2, 2] }], out]);
    const fixes = compile(document).problems[0]?.fixes ?? [];
    expect(fixes.length).toBeGreaterThanOrEqual(3);
    for (const fix of fixes) expect(codes(applyEdits(document, fix.edits))).toEqual([]);
  });

  it('a kernel larger than its input, a wrong rank and unequal sizes at an add say the numbers', () => {
    expect(messageOf(chain([image, ['c', 'conv2d', { kernel: [11, 11] }], out]), 'window.tooLarge')).toMatch(/11.*10/);
    expect(messageOf(chain([image, ['d', 'dense'], out]), 'rank')).toContain('10×10×1');
    const sum = draw([image, ['c', 'conv2d', { filters: 1 }], ['s', 'add'], out], ['in>c', 'in>s', 'c>s.1', 's>out']);
    const found = compile(sum).problems.filter((each) => each.severity === 'error');
    expect(found[0]?.node).toBe('s');
    expect(found[0]?.message).toMatch(/10.*8/);
  });

  it('one mistake is told once: what follows it is silent', () => {
    const document = chain([image, ['c', 'conv2d', { kernel: [11, 11] }], ['p', 'maxPool2d'], ['f', 'flatten'], ['d', 'dense'], out]);
    expect(codes(document)).toEqual([['error', 'window.tooLarge', 'c']]);
  });

  it('unknown layers, unreadable parameters and hostile names never throw', () => {
    const document = draw(
      [image, ['x', 'hologram'], ['y', 'conv2d', { filters: 'many' }], ['__proto__', 'dense'], ['constructor', 'toString'], out],
      ['in>x', 'in>y', 'y>out', '__proto__>constructor'],
    );
    const found = codes(document).map(([, code]) => code);
    expect(found).toEqual(expect.arrayContaining(['layer.unknown', 'param.invalid']));
  });
});

describe('fitting a dataset', () => {
  const fixedBy = (document: LoomDocument, code: string): readonly string[] => {
    const fix = compile(document).problems.find((found) => found.code === code)?.fixes?.[0];
    return compile(applyEdits(document, fix?.edits ?? [])).problems.map((found) => found.code);
  };
  const forDigits = (shape: readonly number[], units: number, activation: string) =>
    chain([['in', 'input', { shape }], ['f', 'flatten'], ['d', 'dense', { units, activation }], ['out', 'output']], {
      dataset: 'digits',
    });

  it('a network that fits has nothing to complain of', () => {
    expect(codes(forDigits([8, 8, 1], 10, 'softmax'))).toEqual([]);
  });

  it('input, output and last activation are each mended by one click, and the plan stands meanwhile', () => {
    expect(compile(forDigits([28, 28, 1], 10, 'softmax')).plan).not.toBeNull();
    expect(fixedBy(forDigits([28, 28, 1], 10, 'softmax'), 'fit.input')).toEqual([]);
    expect(fixedBy(forDigits([8, 8, 1], 7, 'softmax'), 'fit.output')).toEqual([]);
    expect(fixedBy(forDigits([8, 8, 1], 10, 'linear'), 'fit.activation')).toEqual([]);
  });

  it('a network that ends in no layer with an activation gets one', () => {
    const bare = chain([['in', 'input', { shape: [8, 8, 1] }], ['c', 'conv2d', { filters: 10 }], ['g', 'globalAveragePool2d'], ['out', 'output']], { dataset: 'digits' });
    expect(fixedBy(bare, 'fit.activation')).toEqual([]);
  });

  it('two classes may also be told apart by one sigmoid unit', () => {
    const rings = (units: number, activation: string) =>
      chain([['in', 'input', { shape: [2] }], ['d', 'dense', { units, activation }], ['out', 'output']], { dataset: 'rings' });
    expect(codes(rings(1, 'sigmoid'))).toEqual([]);
    expect(codes(rings(2, 'softmax'))).toEqual([]);
    expect(codes(rings(1, 'linear'))).toEqual([['warning', 'fit.activation', 'out']]);
  });

  it('cross-entropy on numbers to predict is mended by the other loss', () => {
    const line = chain([['in', 'input', { shape: [1] }], ['d', 'dense', { units: 1 }], ['out', 'output']], { dataset: 'cricket' });
    expect(codes(line)).toEqual([['warning', 'fit.loss', null]]);
    expect(fixedBy(line, 'fit.loss')).toEqual([]);
  });
});

describe('asking about a wire before it is drawn', () => {
  const document = draw(
    [['in', 'input', { shape: [8, 8, 1] }], ['c', 'conv2d'], ['d', 'dense'], ['s', 'add'], ['out', 'output']],
    ['in>c', 'c>s', 'd>out'],
  );
  const ask = (from: string, to: string, port = 0) =>
    wiringProblem(document, compile(document), { node: from, port: 0 }, { node: to, port })?.code ?? null;

  it('says what the wired network would say', () => {
    expect(ask('c', 'd')).toBe('rank');
    expect(ask('in', 's', 1)).toMatch(/^merge/);
    expect(ask('s', 'c')).toBe('cycle');
    expect(ask('c', 'c')).toBe('cycle');
    expect(ask('c', 'in')).toBe('wire.port');
    expect(ask('in', 'c')).toBe('wire.twice');
    expect(ask('c', 'out')).toBeNull();
    expect(ask('c', 's', 1)).toBeNull();
  });
});

describe('initialisers', () => {
  const net = (initializer: unknown) =>
    chain([['in', 'input', { shape: [4] }], ['d', 'dense', { units: 3, initializer }], ['out', 'output']]);

  it('reach the plan in their normal form', () => {
    const initializerOf = (value: unknown) => compile(net(value)).plan?.layers[1]?.weights[0]?.initializer;
    expect(initializerOf({ type: 'heNormal', params: {} })).toBe('heNormal');
    expect(initializerOf({ type: 'randomNormal', params: { mean: 1 } })).toEqual({
      type: 'randomNormal',
      params: { mean: 1, deviation: 0.05 },
    });
  });

  it.each<readonly [string, unknown, string, string]>([
    ['of unknown name', 'magic', 'initializer.unknown', 'Initialiser glorotUniform'],
    ['with an invalid parameter', { type: 'constant', params: { value: 'a' } }, 'param.invalid', 'Value 0'],
    ['with an unknown parameter', { type: 'constant', params: { mean: 1 } }, 'param.unknown', 'Without mean'],
    ['with crossing bounds', { type: 'randomUniform', params: { min: 1 } }, 'initializer.bounds', 'From 0.05 to 1'],
  ])('%s are a problem of the field, with a fix that works', (_title, value, code, title) => {
    const document = net(value);
    const [found, ...others] = compile(document).problems;
    expect(others).toEqual([]);
    expect(found).toMatchObject({ severity: 'error', code, node: 'd', params: ['initializer'] });
    expect(found?.fixes?.map((fix) => fix.title)).toEqual([title]);
    expect(compile(applyEdits(document, found!.fixes![0]!.edits)).problems).toEqual([]);
  });

  it('are written for the shape that they draw: the identity as such for square matrices alone', () => {
    const written = (units: number) => {
      const dense = { units, initializer: 'identity' };
      const { plan } = compile(chain([['in', 'input', { shape: [4] }], ['d', 'dense', dense], ['out', 'output']]));
      return JSON.stringify(lower(plan!).topology);
    };
    expect(written(4)).toContain('"kernel_initializer":{"class_name":"Identity","config":{"gain":1}}');
    expect(written(3)).toContain('"kernel_initializer":{"class_name":"Zeros","config":{}}');
  });
});
