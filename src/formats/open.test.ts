import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { compile } from '@/compiler/compile';
import { formatDocument } from './documentFile';
import type { Opened } from './define';
import { openFiles } from './open';
import type { NamedFile } from './reading/namedFile';
import { formats } from './registry';
import { planOf, sketchDocument, someWeights } from './testing';

const bytesOf = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const file = (name: string, value: unknown): NamedFile => ({
  name,
  bytes: value instanceof Uint8Array ? value : bytesOf(value),
});
function message(...files: readonly NamedFile[]): string {
  const result = openFiles(files);
  return result.ok ? `opened as ${result.value.format}` : result.error.message;
}
function opened(...files: readonly NamedFile[]): Opened {
  const result = openFiles(files);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}
const floats = (...values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer);

/** Layers as Keras 2's `to_json()` writes them. */
const keras2 = (layers: readonly unknown[]) => ({
  class_name: 'Sequential',
  config: { name: 'net', layers },
  keras_version: '2.12.0',
  backend: 'tensorflow',
});
const dense = (name: string, units: number, more: object = {}) => ({
  class_name: 'Dense',
  config: {
    name,
    units,
    activation: 'linear',
    use_bias: true,
    kernel_initializer: { class_name: 'GlorotUniform', config: { seed: null } },
    ...more,
  },
});
const model = keras2([dense('first', 2, { batch_input_shape: [null, 2] }), dense('second', 1)]);
const manifest = (dtype: object) => [
  {
    paths: ['w.bin'],
    weights: [
      { name: 'first/kernel', shape: [2, 2], ...dtype },
      { name: 'first/bias', shape: [2], dtype: 'float32' },
      { name: 'second/kernel', shape: [2, 1], dtype: 'float32' },
      { name: 'second/bias', shape: [1], dtype: 'float32' },
    ],
  },
];
const modelJson = (dtype: object = { dtype: 'float32' }) => ({
  format: 'layers-model',
  modelTopology: { model_config: model },
  weightsManifest: manifest(dtype),
});

describe('opening models of Keras', () => {
  it('draws a Sequential of Keras 2, whose first layer carries the input’s shape', () => {
    const { document, weights, notes, needsLayout } = opened(file('net.json', model));
    expect(document.nodes.map(({ id, type, params }) => [id, type, params.units ?? params.shape])).toEqual([
      ['input', 'input', [2]],
      ['first', 'dense', 2],
      ['second', 'dense', 1],
      ['output', 'output', undefined],
    ]);
    expect(document.edges).toHaveLength(3);
    expect(planOf(document).totals.params).toBe(2 * 2 + 2 + 2 * 1 + 1);
    expect({ weights, needsLayout }).toEqual({ weights: null, needsLayout: true });
    expect(notes.join()).toContain('without weights');
  });

  it('draws a Functional of Keras 2 with a branch', () => {
    const node = (class_name: string, name: string, config: object, ...from: readonly string[]) => ({
      class_name,
      name,
      config: { name, ...config },
      inbound_nodes: from.length > 0 ? [from.map((source) => [source, 0, 0, {}])] : [],
    });
    const json = {
      class_name: 'Functional',
      config: {
        name: 'branch',
        layers: [
          node('InputLayer', 'x', { batch_input_shape: [null, 3], dtype: 'float32', sparse: false }),
          node('Dense', 'a', { units: 3, activation: 'relu' }, 'x'),
          node('Add', 'sum', {}, 'a', 'x'),
        ],
        input_layers: [['x', 0, 0]],
        output_layers: [['sum', 0, 0]],
      },
    };
    const { document } = opened(file('net.json', json));
    expect(document.edges.map(({ from, to }) => `${from.node}>${to.node}.${to.port}`).sort()).toEqual([
      'a>sum.0',
      'sum>output.0',
      'x>a.0',
      'x>sum.1',
    ]);
    expect(planOf(document).totals.params).toBe(12);
  });

  it('draws a Functional of Keras 3, whose wires are tensors with a history', () => {
    const tensor = (name: string) => ({
      class_name: '__keras_tensor__',
      config: { shape: [null, 3], dtype: 'float32', keras_history: [name, 0, 0] },
    });
    const node = (class_name: string, name: string, config: object, args: readonly unknown[]) => ({
      module: 'keras.layers',
      class_name,
      config: {
        name,
        trainable: true,
        dtype: { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' } },
        ...config,
      },
      registered_name: null,
      name,
      inbound_nodes: args.length > 0 ? [{ args, kwargs: {} }] : [],
    });
    const input = {
      ...node('InputLayer', 'x', {}, []),
      config: { name: 'x', batch_shape: [null, 3], dtype: 'float32', sparse: false },
    };
    const json = {
      module: 'keras.src.models.functional',
      class_name: 'Functional',
      config: {
        name: 'branch',
        layers: [
          input,
          node('Dense', 'a', { units: 3, activation: 'relu' }, [tensor('x')]),
          node('Add', 'sum', {}, [[tensor('a'), tensor('x')]]),
        ],
        input_layers: [['x', 0, 0]],
        output_layers: ['sum', 0, 0],
      },
    };
    const { document } = opened(file('net.json', json));
    expect(document.edges.map(({ from, to }) => `${from.node}>${to.node}.${to.port}`).sort()).toEqual([
      'a>sum.0',
      'sum>output.0',
      'x>a.0',
      'x>sum.1',
    ]);
  });

  it('takes weights over by the name of layer and weight, however deep Keras nests them', () => {
    const values = floats(1, 2, 3, 4, 5, 6, 7, 8, 9);
    const nested = modelJson();
    const group = nested.weightsManifest[0]!;
    const deep = {
      ...nested,
      weightsManifest: [{ ...group, weights: group.weights.map((each) => ({ ...each, name: `net/${each.name}:0` })) }],
    };
    for (const json of [nested, deep]) {
      expect(opened(file('model.json', json), file('w.bin', values)).weights).toEqual({
        'first/kernel': Float32Array.of(1, 2, 3, 4),
        'first/bias': Float32Array.of(5, 6),
        'second/kernel': Float32Array.of(7, 8),
        'second/bias': Float32Array.of(9),
      });
    }
    const zip = zipSync({ 'folder/model.json': bytesOf(nested), 'folder/w.bin': values });
    expect(opened(file('net.zip', zip)).weights?.['second/bias']).toEqual(Float32Array.of(9));
  });

  it('reads weights that were stored in 8, 16 bits or half precision', () => {
    const rest = [...floats(0, 0, 0, 0, 0)];
    const kernel = (dtype: object, stored: readonly number[]) =>
      opened(file('model.json', modelJson(dtype)), file('w.bin', Uint8Array.from([...stored, ...rest]))).weights?.[
        'first/kernel'
      ];
    const eight = { dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.5, min: -1 } };
    expect(kernel(eight, [0, 1, 2, 255])).toEqual(Float32Array.of(-1, -0.5, 0, 126.5));
    const sixteen = { dtype: 'float32', quantization: { dtype: 'uint16', scale: 0.25, min: 0 } };
    expect(kernel(sixteen, [0, 0, 4, 0, 0, 1, 255, 255])).toEqual(Float32Array.of(0, 1, 64, 16383.75));
    // 1, −2, 65504 and the smallest number, as IEEE 754 has them in half precision.
    const half = { dtype: 'float32', quantization: { dtype: 'float16' } };
    expect(kernel(half, [0x00, 0x3c, 0x00, 0xc0, 0xff, 0x7b, 0x01, 0x00])).toEqual(
      Float32Array.of(1, -2, 65504, 2 ** -24),
    );
  });

  it('names every unknown layer at once, by class and name', () => {
    const json = keras2([
      dense('d', 2, { batch_input_shape: [null, 2] }),
      { class_name: 'Lambda', config: { name: 'lambda_1' } },
      { class_name: 'MyLayer', config: { name: 'my' } },
    ]);
    expect(message(file('net.json', json))).toBe(
      'net.json can’t be drawn: 2 layers are unknown here: Lambda (lambda_1), MyLayer (my); nothing was changed.',
    );
  });

  it('says what of a known layer can’t be drawn', () => {
    const json = keras2([
      {
        class_name: 'Conv2D',
        config: {
          name: 'c',
          batch_input_shape: [null, 3, 8, 8],
          filters: 2,
          kernel_size: [3, 3],
          data_format: 'channels_first',
        },
      },
      dense('d', 0),
    ]);
    expect(message(file('net.json', json))).toMatch(
      /Conv2D \(c\): .*channels_first.*Dense \(d\): .*nothing was changed/,
    );
  });

  it('replaces initialisers that it lacks, and says so', () => {
    const { document, notes } = opened(
      file(
        'net.json',
        keras2([
          dense('d', 2, {
            batch_input_shape: [null, 2],
            kernel_initializer: { class_name: 'STFT', config: {} },
            kernel_regularizer: { class_name: 'L2', config: { l2: 0.1 } },
          }),
          dense('e', 2, { kernel_initializer: { class_name: 'Constant', config: { value: [0.1, 0.2] } } }),
        ]),
      ),
    );
    expect(compile(document).plan).not.toBeNull();
    expect(notes.join(' ')).toMatch(/sTFT, \{"type":"constant".*Regularisers and constraints of d were left out/);
  });

  it('reads the parameters of initialisers, in the normal form', () => {
    const initial = [
      { class_name: 'Constant', config: { value: 0.1 } },
      { class_name: 'RandomNormal', config: { mean: 0.0, stddev: 0.05, seed: null } },
      { module: 'keras.initializers', class_name: 'TruncatedNormal', config: { mean: 0.0, stddev: 0.02, seed: 7 } },
      { class_name: 'OrthogonalInitializer', config: { gain: 1.0, seed: null } },
      'uniform',
    ];
    const layers = initial.map((kernel_initializer, i) =>
      dense(`d${i}`, 2, { kernel_initializer, ...(i === 0 && { batch_input_shape: [null, 2] }) }),
    );
    const { document, notes } = opened(file('net.json', keras2(layers)));
    expect(document.nodes.filter(({ type }) => type === 'dense').map(({ params }) => params.initializer)).toEqual([
      { type: 'constant', params: { value: 0.1 } },
      'randomNormal',
      { type: 'truncatedNormal', params: { mean: 0, deviation: 0.02 } },
      'orthogonal',
      'randomUniform',
    ]);
    expect(notes.join(' ')).not.toMatch(/Initialisers/);
  });

  it('refuses shared layers and models within models, by name', () => {
    const shared = {
      class_name: 'Model',
      config: {
        name: 'm',
        layers: [
          {
            class_name: 'InputLayer',
            name: 'x',
            config: { name: 'x', batch_input_shape: [null, 2] },
            inbound_nodes: [],
          },
          { ...dense('twin', 2), name: 'twin', inbound_nodes: [[['x', 0, 0, {}]], [['twin', 0, 0, {}]]] },
        ],
        input_layers: [['x', 0, 0]],
        output_layers: [['twin', 1, 0]],
      },
    };
    expect(message(file('m.json', shared))).toMatch(/shares layers between several places \(twin, used 2 times\)/);
    expect(message(file('m.json', keras2([model, dense('d', 1)])))).toMatch(/models within the model/);
  });
});

describe('opening what is no network', () => {
  it.each<[string, Uint8Array | string, RegExp]>([
    ['photo.png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10), /is a picture \(PNG\)/],
    ['model.h5', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10), /Keras file in HDF5.*tensorflowjs_converter/],
    ['model.onnx', Uint8Array.of(8, 7, 0x12, 7, 112, 121, 116, 111, 114, 99, 104), /ONNX/],
    ['package.json', '{"name": "x", "version": "1"}', /is JSON, but no network: it has name, version/],
    ['graph.json', '{"format": "graph-model", "modelTopology": {"node": []}}', /tfjs graph model/],
    ['empty.json', '', /is empty/],
    ['empty', new Uint8Array(0), /is empty/],
    ['w.bin', floats(1, 2), /weights without their model\.json/],
    ['list.json', '[1, 2]', /is JSON, but no network/],
    ['notes.txt', 'hello', /nothing that can be opened/],
  ])('says what %s is instead', (name, content, expected) => {
    expect(message(file(name, content))).toMatch(expected);
  });

  it('refuses files too large to be read, without reading them', () => {
    const huge = new Uint8Array(2 ** 28 + 1);
    const before = performance.now();
    expect(message({ name: 'huge.zip', bytes: huge })).toBe('huge.zip has 256 MiB; at most 256 MiB are read.');
    expect(performance.now() - before).toBeLessThan(1000);
    expect(message()).toBe('No file was chosen.');
  });

  it('says which weight file is missing, too short, of an unknown type or of another network', () => {
    const json = file('model.json', modelJson());
    expect(message(json, file('other.bin', floats(1)))).toMatch(/keeps its weights in w\.bin, which is not here/);
    expect(message(json, file('w.bin', floats(1, 2)))).toBe(
      'w.bin has 8 bytes; the weights that model.json lists take 36. A file is damaged or from another model.',
    );
    expect(message(file('model.json', modelJson({ dtype: 'string' })), file('w.bin', floats(1)))).toMatch(
      /stores the weight first\/kernel as "string"/,
    );
    const wrong = modelJson();
    const group = {
      ...wrong.weightsManifest[0]!,
      weights: wrong.weightsManifest[0]!.weights.map((each, i) => (i === 0 ? { ...each, shape: [4, 1] } : each)),
    };
    expect(
      message(
        file('model.json', { ...wrong, weightsManifest: [group] }),
        file('w.bin', floats(1, 2, 3, 4, 5, 6, 7, 8, 9)),
      ),
    ).toBe('first/kernel in model.json is 4×1; the layer takes 2×2.');
    const endless = {
      ...wrong,
      weightsManifest: [
        { paths: ['w.bin'], weights: [{ name: 'first/kernel', shape: [1e6, 1e6, 1e6], dtype: 'float32' }] },
      ],
    };
    expect(message(file('model.json', endless), file('w.bin', floats(1)))).toMatch(/more weights than are read/);
    expect(opened(json).notes.join()).toMatch(/drop them together/);
  });

  it('refuses two models at once', () => {
    expect(message(file('a.json', model), file('b.json', model))).toMatch(/two models here, a\.json and b\.json/);
    const zip = zipSync({ 'model.json': bytesOf(model) });
    expect(message(file('a.zip', zip), file('b.zip', zip))).toMatch(/is an archive; open it by itself/);
  });

  it('goes on without a drawing that is damaged, and says so', () => {
    const { notes, document } = opened(
      file('model.json', modelJson()),
      file('w.bin', floats(1, 2, 3, 4, 5, 6, 7, 8, 9)),
      file('layerloom.json', '{"format": "layerl'),
    );
    expect(notes.join()).toMatch(/layerloom\.json.*left out/);
    expect(document.nodes).toHaveLength(4);
  });
});

describe('damaged files', async () => {
  const document = sketchDocument([
    ['x', 'input', { shape: [6, 6, 1] }],
    [
      'c',
      'conv2d',
      {
        filters: 2,
        padding: [
          [1, 1],
          [1, 1],
        ],
      },
    ],
    ['n', 'batchNorm'],
    ['f', 'flatten'],
    ['d', 'dense', { units: 3, activation: 'softmax' }],
    ['o', 'output'],
  ]);
  const plan = planOf(document);
  const zip = await formats.get('tfjs')!.emit({ document, plan, weights: someWeights(plan) });
  const valid: readonly NamedFile[] = [
    file('net.json', formatDocument(document)),
    file('net.zip', zip.ok ? zip.value : ''),
    file('keras.json', model),
  ];

  it.each(valid)('$name gives a network or a message, never an exception, whatever is done to its bytes', (whole) => {
    const size = whole.bytes.length;
    const change = fc.record({ at: fc.nat(size - 1), value: fc.nat(255), length: fc.constantFrom(1, 1, 1, 4, 40) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), fc.option(fc.nat(size)), (changes, cut) => {
        const bytes = whole.bytes.slice(0, cut ?? size);
        for (const { at, value, length } of changes)
          bytes.fill(value, Math.min(at, bytes.length), Math.min(at + length, bytes.length));
        const before = performance.now();
        const result = openFiles([{ name: whole.name, bytes }]);
        expect(performance.now() - before).toBeLessThan(3000);
        if (result.ok) compile(result.value.document);
        else {
          expect(result.error.code).not.toBe('files.failed');
          expect(result.error.message.length).toBeGreaterThan(15);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('JSON of the right frame and any content gives a network or a message', () => {
    const any = fc.jsonValue({ maxDepth: 4 });
    const layer = fc.record(
      {
        class_name: fc.oneof(fc.constantFrom('Dense', 'Conv2D', 'InputLayer', 'Add', 'Flatten'), fc.string()),
        config: any,
        inbound_nodes: any,
        name: any,
      },
      { requiredKeys: [] },
    );
    const config = fc.oneof(
      any,
      fc.record({ layers: fc.oneof(any, fc.array(layer)), input_layers: any, output_layers: any }),
    );
    const topology = fc.record({ class_name: fc.constantFrom('Model', 'Sequential', 'Functional'), config });
    const weight = fc.record(
      { name: fc.string(), shape: any, dtype: fc.oneof(fc.constant('float32'), any), quantization: any },
      { requiredKeys: [] },
    );
    const groups = fc.oneof(
      any,
      fc.array(fc.record({ paths: fc.oneof(any, fc.constant(['w.bin'])), weights: fc.oneof(any, fc.array(weight)) })),
    );
    fc.assert(
      fc.property(topology, groups, (modelTopology, weightsManifest) => {
        const result = openFiles([file('model.json', { modelTopology, weightsManifest }), file('w.bin', floats(1, 2))]);
        if (!result.ok) expect(result.error.code).not.toBe('files.failed');
      }),
      { numRuns: 500 },
    );
  });
});
