import * as tf from '@tensorflow/tfjs';
import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { findDataset } from '@/datasets/registry';
import type { ExportSource, Opened } from '../define';
import { openFiles } from '../open';
import type { NamedFile } from '../reading/namedFile';
import { loadPlain, planOf, savedFiles, sketchDocument, someWeights, type Sketch } from '../testing';
import { tfjsFormat } from './tfjs';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const pad = [
  [1, 1],
  [1, 1],
];
/** A residual block with a projection, numeric padding, batch norm and concatenation. */
const residual: readonly Sketch[] = [
  ['image', 'input', { shape: [6, 6, 2] }],
  ['conv1', 'conv2d', { filters: 4, kernel: [3, 3], padding: pad, bias: false }],
  ['bn1', 'batchNorm'],
  ['relu1', 'activation', { activation: 'relu' }],
  ['skip', 'conv2d', { filters: 4, kernel: [1, 1] }, ['image']],
  ['sum', 'add', {}, ['relu1', 'skip']],
  ['join', 'concatenate', {}, ['sum', 'relu1']],
  ['pool', 'maxPool2d'],
  ['flat', 'flatten'],
  ['drop', 'dropout', { rate: 0.5 }],
  ['out', 'dense', { units: 3, activation: 'softmax' }],
  ['end', 'output'],
];

function sourceOf(sketch: readonly Sketch[]): ExportSource {
  const document = sketchDocument(sketch);
  const plan = planOf(document);
  return { document, plan, weights: someWeights(plan) };
}
async function emitted(source: ExportSource): Promise<Uint8Array<ArrayBuffer>> {
  const result = await tfjsFormat.emit(source);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}
const unpacked = (zip: Uint8Array): readonly NamedFile[] =>
  Object.entries(unzipSync(zip)).map(([name, bytes]) => ({ name, bytes }));
function opened(files: readonly NamedFile[]): Opened {
  const result = openFiles(files);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}
const textOf = (files: readonly NamedFile[], name: string) =>
  new TextDecoder().decode(files.find((file) => file.name === name)?.bytes);
async function predictions(files: readonly NamedFile[], shape: readonly number[]): Promise<Float32Array> {
  const model = await loadPlain(tf, files);
  const size = shape.reduce((product, n) => product * n, 1);
  const input = tf.tensor(
    Float32Array.from({ length: 2 * size }, (_, i) => Math.sin(i)),
    [2, ...shape],
  );
  const output = model.predict(input) as tf.Tensor;
  return output.data() as Promise<Float32Array>;
}

describe('export for tfjs', () => {
  it('loads in plain tf.loadLayersModel and computes what a hand does', async () => {
    // z = [2, 3]·[[1, −1], [0.5, 2]] + [0.5, −1] = [4, 3]; softmax = [e/(1 + e), 1/(1 + e)].
    const document = sketchDocument([
      ['x', 'input', { shape: [2] }],
      ['out', 'dense', { units: 2, activation: 'softmax' }],
      ['end', 'output'],
    ]);
    const weights = { 'out/kernel': Float32Array.of(1, -1, 0.5, 2), 'out/bias': Float32Array.of(0.5, -1) };
    const model = await loadPlain(tf, unpacked(await emitted({ document, plan: planOf(document), weights })));
    const output = (model.predict(tf.tensor2d([[2, 3]])) as tf.Tensor).dataSync();
    expect(output[0]).toBeCloseTo(Math.E / (1 + Math.E), 6);
    expect(output[1]).toBeCloseTo(1 / (1 + Math.E), 6);
  });

  it('says how weights began, so that plain tfjs builds it and the file alone brings it back', async () => {
    const kinds = ['orthogonal', { type: 'constant', params: { value: 0.5 } }, 'leCunUniform', 'identity'];
    const source = sourceOf([
      ['x', 'input', { shape: [4] }],
      ...kinds.map((initializer, i): Sketch => [`d${i}`, 'dense', { units: 4, initializer }]),
      ['end', 'output'],
    ]);
    const files = unpacked(await emitted(source)).filter(({ name }) => /model\.json|\.bin/.test(name));
    expect((await loadPlain(tf, files)).layers).toHaveLength(5);
    const read = opened(files).document.nodes.filter(({ type }) => type === 'dense');
    expect(read.map(({ params }) => params.initializer)).toEqual(kinds);
  });

  it('writes weights as 32-bit floats, little endian, in shards of 4 MiB', async () => {
    const document = sketchDocument([
      ['x', 'input', { shape: [1024] }],
      ['out', 'dense', { units: 1025 }],
      ['end', 'output'],
    ]);
    const plan = planOf(document);
    const kernel = new Float32Array(1024 * 1025).fill(1);
    const files = unpacked(
      await emitted({ document, plan, weights: { 'out/kernel': kernel, 'out/bias': new Float32Array(1025) } }),
    );
    const shards = files.filter(({ name }) => name.endsWith('.bin'));
    expect(shards.map(({ name, bytes }) => [name, bytes.length])).toEqual([
      ['group1-shard1of2.bin', 4_194_304],
      ['group1-shard2of2.bin', 4 * 1025 * 1025 - 4_194_304],
    ]);
    expect([...shards[0]!.bytes.subarray(0, 4)]).toEqual([0, 0, 0x80, 0x3f]);
  });

  it('tells the finder how to load it, what to put in and what comes out', async () => {
    const source = sourceOf([
      ['image', 'input', { shape: [28, 28, 1] }],
      ['flat', 'flatten'],
      ['out', 'dense', { units: 10, activation: 'softmax' }],
      ['end', 'output'],
    ]);
    const document = { ...source.document, dataset: 'fashion-mnist' };
    const files = unpacked(await emitted({ ...source, document }));
    const readme = textOf(files, 'README.txt');
    expect(readme).toContain("await tf.loadLayersModel('model.json')");
    expect(readme).toContain('[batch, 28, 28, 1]');
    expect(readme).toContain(`factor: ${1 / 255}`);
    for (const name of ['Trouser', 'Ankle boot']) expect(readme).toContain(name);
    const { format, generatedBy, userDefinedMetadata } = JSON.parse(textOf(files, 'model.json')) as Record<
      string,
      unknown
    >;
    expect(format).toBe('layers-model');
    expect(generatedBy).toMatch(/^Layerloom \d/);
    expect(userDefinedMetadata).toMatchObject({
      layerloom: { dataset: 'fashion-mnist', classes: { length: 10 }, input: { factor: [1 / 255] } },
    });
    const names = findDataset('fashion-mnist')?.task.names;
    expect(userDefinedMetadata).toMatchObject({ layerloom: { classes: names } });
  });

  it('writes down the mean and deviation that training measured', async () => {
    const source = sourceOf([
      ['x', 'input', { shape: [2] }],
      ['out', 'dense', { units: 1 }],
      ['end', 'output'],
    ]);
    const inputs = { shift: Float64Array.of(17, 3), factor: Float64Array.of(0.5, 4) };
    const readme = textOf(unpacked(await emitted({ ...source, inputs })), 'README.txt');
    expect(readme).toContain('per feature');
    expect(readme).toContain('shift:  17, 3');
    expect(readme).toContain('factor: 0.5, 4');
  });

  it('is the same file for the same model', async () => {
    const source = sourceOf(residual);
    expect(await emitted(source)).toEqual(await emitted(source));
  });

  it('refuses weights of another network, and a network with errors', async () => {
    const source = sourceOf(residual);
    const { 'conv1/kernel': kernel, ...others } = source.weights ?? {};
    expect(await tfjsFormat.emit({ ...source, weights: others })).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/no values for conv1\/kernel/) as string },
    });
    expect(await tfjsFormat.emit({ ...source, weights: { ...others, 'conv1/kernel': kernel!.slice(1) } })).toMatchObject({
      ok: false,
      error: { code: 'tfjs.weights', got: '71' },
    });
    expect(await tfjsFormat.emit({ ...source, plan: null })).toMatchObject({ ok: false, error: { code: 'tfjs.errors' } });
  });
});

describe('import of tfjs models', () => {
  it('gives back the document and every weight of an own export', async () => {
    const source = sourceOf(residual);
    const back = opened([{ name: 'net.zip', bytes: await emitted(source) }]);
    expect(back).toMatchObject({ format: 'tfjs', notes: [], needsLayout: false });
    expect(back.document).toEqual(source.document);
    expect(back.weights).toEqual(source.weights);
  });

  it('draws a model.json and its shards anew, helpers folded in, with the same predictions', async () => {
    const source = sourceOf(residual);
    const files = unpacked(await emitted(source));
    const back = opened(files.filter(({ name }) => name !== 'layerloom.json'));
    expect(back.needsLayout).toBe(true);
    expect(back.document.nodes.map(({ type }) => type).sort()).toEqual(
      source.document.nodes.map(({ type }) => type).sort(),
    );
    expect(back.document.nodes.find(({ name }) => name === 'conv1')?.params).toMatchObject({ padding: pad });
    expect(back.document.nodes.find(({ name }) => name === 'out')?.params).toMatchObject({ activation: 'softmax' });
    const again = unpacked(await emitted({ document: back.document, plan: planOf(back.document), weights: back.weights }));
    expect(await predictions(again, [6, 6, 2])).toEqual(await predictions(files, [6, 6, 2]));
  });

  it('folds an activation that tfjs lacks into the layer that it was split off from', async () => {
    const source = sourceOf([
      ['image', 'input', { shape: [6, 6, 2] }],
      ['conv1', 'conv2d', { filters: 4, kernel: [3, 3], activation: 'hardSwish' }],
      ['bend', 'activation', { activation: 'geluTanh' }],
      ['end', 'output'],
    ]);
    const back = opened(unpacked(await emitted(source)).filter(({ name }) => name !== 'layerloom.json'));
    const activations = back.document.nodes.map(({ name, params }) => [name, params.activation]);
    expect(activations.filter(([, activation]) => activation !== undefined)).toEqual([
      ['conv1', 'hardSwish'],
      ['bend', 'geluTanh'],
    ]);
  });

  it('draws a Sequential that tfjs saved, and computes the same', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [8, 8, 1], filters: 3, kernelSize: 3, activation: 'relu', padding: 'same' }),
        tf.layers.batchNormalization({ momentum: 0.9 }),
        tf.layers.averagePooling2d({ poolSize: 2 }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 4, activation: 'softmax' }),
      ],
    });
    const files = await savedFiles(tf, model);
    const back = opened(files);
    expect(back.document.nodes.map(({ type }) => type)).toEqual([
      'input',
      'conv2d',
      'batchNorm',
      'averagePool2d',
      'flatten',
      'dense',
      'output',
    ]);
    const plan = planOf(back.document);
    expect(plan.totals.params).toBe(model.countParams());
    const again = unpacked(await emitted({ document: back.document, plan, weights: back.weights }));
    expect(await predictions(again, [8, 8, 1])).toEqual(await predictions(files, [8, 8, 1]));
  });

  it('draws a functional model with branches that tfjs saved, and computes the same', async () => {
    const input = tf.input({ shape: [8, 8, 3] });
    const padded = tf.layers
      .zeroPadding2d({
        padding: [
          [1, 0],
          [0, 1],
        ],
      })
      .apply(input) as tf.SymbolicTensor;
    const left = tf.layers
      .conv2d({ filters: 4, kernelSize: 3, strides: 2, useBias: false })
      .apply(padded) as tf.SymbolicTensor;
    const right = tf.layers.maxPooling2d({ poolSize: 3, strides: 2 }).apply(padded) as tf.SymbolicTensor;
    const joined = tf.layers.concatenate().apply([left, right]) as tf.SymbolicTensor;
    const pooled = tf.layers.globalAveragePooling2d({}).apply(joined) as tf.SymbolicTensor;
    const output = tf.layers.dense({ units: 2, activation: 'tanh' }).apply(pooled) as tf.SymbolicTensor;
    const files = await savedFiles(tf, tf.model({ inputs: input, outputs: output }));
    const back = opened(files);
    const again = unpacked(await emitted({ document: back.document, plan: planOf(back.document), weights: back.weights }));
    expect(await predictions(again, [8, 8, 3])).toEqual(await predictions(files, [8, 8, 3]));
  });

  it('draws recurrent layers that tfjs saved, there and back in one, and computes the same', async () => {
    const lstm = tf.layers.lstm({ units: 4, returnSequences: true, recurrentActivation: 'sigmoid' });
    const rnn = tf.layers.simpleRNN({ units: 2, returnSequences: true, activation: 'relu' });
    const model = tf.sequential({
      layers: [
        tf.layers.embedding({ inputShape: [5], inputDim: 6, outputDim: 3, embeddingsInitializer: 'glorotUniform' }),
        tf.layers.bidirectional({ layer: lstm, mergeMode: 'concat' }),
        tf.layers.gru({ units: 3, returnSequences: true, goBackwards: true }),
        tf.layers.bidirectional({ layer: rnn, mergeMode: 'ave' }),
        tf.layers.simpleRNN({ units: 2 }),
      ],
    });
    const files = await savedFiles(tf, model);
    const back = opened(files);
    expect(back.document.nodes.map(({ type }) => type)).toEqual([
      'input',
      'embedding',
      'lstm',
      'gru',
      'simpleRnn',
      'simpleRnn',
      'output',
    ]);
    expect(back.notes).toEqual([]);
    const plan = planOf(back.document);
    expect(plan.totals.params).toBe(model.countParams());
    const again = unpacked(await emitted({ document: back.document, plan, weights: back.weights }));
    expect(await predictions(again, [5])).toEqual(await predictions(files, [5]));
  });

  /** A file as Keras 3 and its converter write it: one layer on sequences of 2 steps and 1 feature. */
  const fromKeras = (
    layer: object,
    weights: Readonly<Record<string, readonly [shape: readonly number[], values: readonly number[]]>>,
  ): NamedFile[] => {
    const input = { class_name: 'InputLayer', config: { batch_shape: [null, 2, 1], name: 'in' } };
    const config = { name: 'net', layers: [input, layer] };
    const json = {
      format: 'layers-model',
      modelTopology: { keras_version: '3.0', model_config: { class_name: 'Sequential', config } },
      weightsManifest: [
        {
          paths: ['group1-shard1of1.bin'],
          weights: Object.entries(weights).map(([name, [shape]]) => ({ name, shape, dtype: 'float32' })),
        },
      ],
    };
    const numbers = Float32Array.from(Object.values(weights).flatMap(([, values]) => values));
    return [
      { name: 'model.json', bytes: new TextEncoder().encode(JSON.stringify(json)) },
      { name: 'group1-shard1of1.bin', bytes: new Uint8Array(numbers.buffer) },
    ];
  };
  const gruConfig = { units: 1, recurrent_activation: 'sigmoid', reset_after: true, return_sequences: true };
  const cell = (direction: string, from: number) => ({
    [`bi/${direction}_gru/gru_cell/kernel`]: [[1, 3], [from, from + 1, from + 2]] as const,
    [`bi/${direction}_gru/gru_cell/recurrent_kernel`]: [[1, 3], [from + 3, from + 4, from + 5]] as const,
    [`bi/${direction}_gru/gru_cell/bias`]: [[2, 3], [6, 7, 8, 9, 10, 11].map((n) => from + n)] as const,
  });
  const bidirectional = (config: object, backward: object) => ({
    module: 'keras.layers',
    class_name: 'Bidirectional',
    config: {
      name: 'bi',
      merge_mode: 'sum',
      layer: { module: 'keras.layers', class_name: 'GRU', config: { name: 'forward_gru', ...config } },
      backward_layer: {
        module: 'keras.layers',
        class_name: 'GRU',
        config: { name: 'backward_gru', go_backwards: true, ...backward },
      },
    },
  });

  it('puts each direction’s weights of a Keras file in their places', () => {
    const weights = { ...cell('forward', 0), ...cell('backward', 100) };
    const back = opened(fromKeras(bidirectional(gruConfig, gruConfig), weights));
    const node = back.document.nodes.find(({ type }) => type === 'gru');
    expect(node?.params).toMatchObject({ units: 1, direction: 'both', merge: 'sum', resetAfter: true });
    const values = (name: string) => [...(back.weights?.[`${node?.id}/${name}`] ?? [])];
    expect(values('forwardKernel')).toEqual([0, 1, 2]);
    expect(values('forwardRecurrentKernel')).toEqual([3, 4, 5]);
    expect(values('backwardKernel')).toEqual([100, 101, 102]);
    expect(values('backwardBias')).toEqual([106, 107, 108, 109, 110, 111]);
  });

  it.each([
    ['a state that is kept', { stateful: true }, {}, /its stateful is true/],
    ['another activation', { activation: 'elu' }, {}, /its activation is "elu"/],
    ['dropout within', { dropout: 0.2 }, {}, /its dropout is 0.2/],
    ['no word on its gates', { recurrent_activation: undefined }, {}, /recurrent activation is missing/],
    ['directions that differ', {}, { units: 2 }, /its backward layer is not like its forward layer/],
  ])('says that %s can’t be drawn', (_what, config, backward, message) => {
    const forward = { ...gruConfig, ...config };
    const result = openFiles(fromKeras(bidirectional(forward, { ...forward, ...backward }), {}));
    expect(result).toMatchObject({ ok: false, error: { message: expect.stringMatching(message) as string } });
  });
});
