import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaults, parseParams, type AnyParams, type Param } from '@/core/params';
import { elements, formatShape, type Shape } from '@/core/shape';
import type { LayerDefinition, StockLayer } from './define';
import { families } from './families';
import { layers } from './registry';
import { stockClass, stockReaders } from './own';
import { examples, lowered, randomise, stockLayerOf, stockModel, valuesOf, withDefaults } from './stockModel.testing';

const all = [...layers.values()];
const readers = stockReaders(all);
const cases = all.flatMap((definition) =>
  definition.cases.map((it) => {
    const params = withDefaults(definition, it.params);
    const inputs = it.in.map(formatShape).join(' + ') || 'nothing';
    const title = `${definition.type} ${JSON.stringify(it.params ?? {})} on ${inputs}`;
    return { ...it, title, definition, params };
  }),
);
/** The cpu backend needs a minute for AlexNet's first layer backwards; smaller ones prove the same. */
const mostTrained = 1e7;
/** Cases that compute something on what comes in: neither sources nor layers that pass it through. */
const trained = cases.filter(
  ({ definition, params, in: inputs, out }) =>
    definition.role === 'layer' &&
    lowered(definition, params, inputs).length > 0 &&
    definition.macs(inputs, out, params) < mostTrained,
);

/** Where stock tfjs cannot train, with tensorflow/tfjs's issue number where there is one. Checked: it must still fail. */
const cannotTrain: readonly {
  readonly why: string;
  readonly is: (type: string, params: AnyParams, inputs: readonly Shape[]) => boolean;
}[] = [
  {
    why: '#7906: a dilated convolution has no gradient',
    is: (type, { dilation }) =>
      /^(?!transposed|deformable).*conv[123]d$/i.test(type) && Array.isArray(dilation) && Math.max(...dilation) > 1,
  },
  { why: '#6323: a transposed 3-D convolution has no gradient', is: (type) => type === 'transposedConv3d' },
  {
    why: 'the gradient of a maximum is not summed where an operand was repeated',
    is: (type, _params, inputs) => ['maximum', 'minimum'].includes(type) && new Set(inputs.map(formatShape)).size > 1,
  },
  {
    why: 'the gradient of bilinear resizing swaps height and width on the cpu backend',
    is: (type, { interpolation }) => interpolation === 'linear' || (type === 'resize' && interpolation === 'bilinear'),
  },
  {
    why: '#2868: batch norm without scale or shift crashes in training, and layer norm with it; volumes have a class of ours',
    is: (type, params, inputs) =>
      ['batchNorm', 'layerNorm'].includes(type) && !(params.scale && params.center) && (inputs[0]?.length ?? 0) < 5,
  },
];

/** Weights without effect, so without gradient: training must leave them. */
const idle: readonly { readonly why: string; readonly is: (type: string, weight: string) => boolean }[] = [
  {
    why: 'a bias of the keys adds one number to all scores of a query, and their softmax stays',
    is: (type, weight) => type === 'multiHeadAttention' && weight.endsWith('/key_bias'),
  },
];

beforeAll(async () => {
  await tf.setBackend('cpu');
});
beforeEach(() => tf.engine().startScope());
afterEach(() => {
  tf.engine().endScope();
  tf.disposeVariables();
});

describe('the registry', () => {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const files = readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'shared')
    .flatMap((folder) =>
      readdirSync(`${here}/${folder.name}`)
        .filter((name) => !name.endsWith('.test.ts'))
        .map((name) => `${folder.name}/${name}`),
    );

  it('holds exactly the layers whose files stand in the family folders', () => {
    expect(files.sort()).toEqual(all.map(({ family, type }) => `${family}/${type}.ts`).sort());
    expect(families.map(({ id }) => id)).toEqual(expect.arrayContaining(all.map(({ family }) => family)));
  });

  it('gives every shortcut, title and stock class to one layer', () => {
    const unique = (values: readonly unknown[]) => expect(values).toEqual([...new Set(values)]);
    unique(all.map(({ title }) => title));
    unique(all.flatMap(({ shortcut }) => shortcut ?? []));
    unique(all.flatMap(({ reads }) => Object.keys(reads)));
  });

  it('finds layers by the words that people look for', () => {
    const finds = (word: string) =>
      all
        .filter(({ title, keywords }) => [title, ...keywords].some((text) => text.toLowerCase().includes(word)))
        .map(({ type }) => type);
    expect(finds('relu')).toEqual(['activation', 'leakyRelu', 'prelu']);
    expect(finds('softmax')).toEqual(['activation']);
    expect(finds('residual')).toEqual(['add']);
    expect(finds('fully connected')).toEqual(['dense']);
    expect(finds('concat')).toEqual(['concatenate']);
  });
});

/** Any valid value of a parameter, from its declaration alone. */
function anyValue(param: Param): fc.Arbitrary<unknown> {
  switch (param.kind) {
    case 'int':
      return fc.integer({ min: param.min ?? -1000, max: param.max ?? 1000 });
    case 'float':
      return fc.double({ min: param.min ?? -1000, max: param.max ?? 1000, noNaN: true });
    case 'bool':
      return fc.boolean();
    case 'choice':
      return fc.constantFrom(...param.options.map(({ value }) => value));
    case 'axes': {
      const size = fc.integer({ min: param.min ?? -1000, max: param.max ?? 1000 });
      return fc.array(size, { minLength: param.rank, maxLength: param.rank });
    }
    case 'padding': {
      const sides = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: param.rank, maxLength: param.rank });
      const named = fc.constantFrom('valid', 'same', ...(param.causal ? ['causal'] : []));
      return param.numeric ? fc.oneof(named, sides) : named;
    }
    case 'sizes':
      return fc.array(fc.integer({ min: 1 }), { minLength: 1, maxLength: 4 });
    case 'initializer':
      return fc.constantFrom('heNormal', 'zeros', { type: 'constant', params: { value: 0.1 } });
    case 'loss':
    case 'word':
      return fc.constantFrom('recipe', 'crossEntropy');
  }
}
const anyParams = ({ params }: LayerDefinition): fc.Arbitrary<AnyParams> =>
  fc.record(Object.fromEntries(Object.entries(params).map(([name, param]) => [name, anyValue(param)])));
const anyInputs = ({ inputs }: LayerDefinition): fc.Arbitrary<readonly Shape[]> =>
  inputs.kind === 'fixed'
    ? fc.array(anyShape, { minLength: inputs.names.length, maxLength: inputs.names.length })
    : fc.array(anyShape, { minLength: inputs.min, maxLength: 4 });
const anyShape: fc.Arbitrary<Shape> = fc
  .array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 1e6 })), { minLength: 0, maxLength: 5 })
  .map((sizes) => [null, ...sizes]);

describe.each(all.map((definition) => [definition.type, definition] as const))('%s', (_type, definition) => {
  it('says what it is', () => {
    expect(definition.title).not.toBe('');
    expect(definition.summary).toMatch(/^[A-Z].+\.$/);
    expect(definition.cases.length).toBeGreaterThan(0);
    expect(definition.shortcut ?? 'x').toMatch(/^[a-z]$/);
    for (const [name, param] of Object.entries(definition.params)) expect(param.label, name).not.toBe('');
  });

  it('has valid defaults and parameters that survive JSON', () => {
    const fallback = defaults(definition.params);
    expect(parseParams(definition.params, {})).toEqual({ ok: true, value: fallback });
    expect(parseParams(definition.params, fallback)).toEqual({ ok: true, value: fallback });
    fc.assert(
      fc.property(anyParams(definition), (params) => {
        const read = parseParams(definition.params, JSON.parse(JSON.stringify(params)));
        expect(read).toEqual({ ok: true, value: JSON.parse(JSON.stringify(params)) });
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it('answers any parameters and shapes with sizes ≥ 1 that fit an array, or with a problem', () => {
    fc.assert(
      fc.property(anyParams(definition), anyInputs(definition), (params, inputs) => {
        const { shapes, problems } = definition.shape(inputs, params);
        for (const { message, fixes = [] } of problems) {
          expect(message).not.toMatch(/undefined|NaN|null|Infinity/);
          for (const fix of fixes)
            expect(parseParams(definition.params, { ...params, ...fix.params }).ok, fix.title).toBe(true);
        }
        if (!shapes) {
          expect(problems.filter(({ severity }) => severity === 'error')).not.toEqual([]);
          return;
        }
        expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
        for (const shape of shapes) {
          expect(shape.slice(1).every((size) => Number.isInteger(size) && (size ?? 0) >= 1)).toBe(true);
          expect(elements(shape)).toBeLessThan(2 ** 31);
        }
        definition.formula(inputs, shapes, params);
        expect(definition.macs(inputs, shapes, params)).toBeGreaterThanOrEqual(0);
      }),
      { seed: 2, numRuns: 200 },
    );
  });
});

describe.each(cases.map((it) => [it.title, it] as const))('%s', (_title, { definition, params, ...it_ }) => {
  const weights = Object.values(definition.weights(it_.in, params));
  const stock = lowered(definition, params, it_.in);
  const source = definition.role === 'source';

  it('has the shape, weights and formula that it says', () => {
    const { shapes, problems } = definition.shape(it_.in, params);
    expect(problems).toEqual([]);
    expect(shapes).toEqual(it_.out);
    expect(weights.reduce((sum, { shape }) => sum + elements(shape), 0)).toBe(it_.weights);
    const formulas = definition.formula(it_.in, it_.out, params);
    expect(formulas.length).toBeGreaterThan(0);
    for (const term of formulas.flatMap(({ lines }) => lines.flat())) {
      if (typeof term !== 'string' && term.param) expect(definition.params).toHaveProperty(term.param);
      expect(typeof term === 'string' ? term : term.text).not.toMatch(/undefined|NaN|null/);
    }
  });

  it('comes out of plain tfjs in that shape, by its shape rule and by computing it', async () => {
    const inputs = source ? it_.out : it_.in;
    const model = await stockModel(source ? [] : stock, inputs, it_.out.length);
    expect(model.outputs.map(({ shape }) => shape)).toEqual(it_.out);
    const outputs = [model.predict(valuesOf(definition, params, inputs, 2))].flat();
    expect(outputs.map(({ shape }) => shape)).toEqual(it_.out.map((shape) => [2, ...shape.slice(1)]));
    expect(model.countParams()).toBe(it_.weights);
  });

  it('has the weights of its stock layers, in their order', async () => {
    if (source) return;
    const model = await stockModel(stock, it_.in, it_.out.length);
    const specs = definition.weights(it_.in, params);
    expect(stock.flatMap((layer) => layer.weights ?? []).sort()).toEqual(Object.keys(specs).sort());
    stock.forEach((layer, i) => {
      const theirs = stockLayerOf(model, i).weights;
      expect(theirs.map(({ shape }) => shape)).toEqual((layer.weights ?? []).map((name) => specs[name]?.shape));
      expect(theirs.map(({ trainable }) => trainable)).toEqual(
        (layer.weights ?? []).map((name) => specs[name]?.trainable),
      );
      // `moving_mean/…` there is `movingMean` here.
      const plain = (name = '') =>
        name
          .replace(/^stock\d+\/|_\d+$/g, '')
          .replace(/_/g, '')
          .toLowerCase();
      expect(theirs.map(({ originalName }) => plain(originalName))).toEqual(
        (layer.weights ?? []).map((name) => plain(layer.weightPaths?.[name] ?? name)),
      );
    });
  });

  /** Reads stock layers by the registry, each on the shape that comes to it, and lowers them again. */
  const throughReads = (layersRead: readonly StockLayer[]): readonly Pick<StockLayer, 'className' | 'config'>[] => {
    let inputs = it_.in;
    return layersRead.flatMap(({ className, config }) => {
      const { definition: reader, read: readConfig } = readers.get(stockClass(className, config)) ?? {};
      const read = readConfig?.(config);
      if (!reader || !read?.ok) throw new Error(`${className} is not read back`);
      const parsed = parseParams(reader.params, read.value);
      if (!parsed.ok) throw new Error(parsed.error.map(({ message }) => message).join());
      const again = lowered(reader, parsed.value, inputs);
      inputs = reader.shape(inputs, parsed.value).shapes ?? [];
      return again.map((layer) => ({ className: layer.className, config: layer.config }));
    });
  };

  it('is read back from its stock layers, and from how tfjs writes them', async () => {
    const expected = stock.map(({ className, config }) => ({ className, config }));
    expect(throughReads(stock)).toEqual(expected);
    if (source) return;
    const model = await stockModel(stock, it_.in, it_.out.length);
    const written = stock.map(({ className }, i) => ({ className, config: stockLayerOf(model, i).getConfig() }));
    // tfjs writes out the settings of initialisers; that these mean the same is the recipe's to show.
    const byName = (value: unknown): unknown =>
      JSON.parse(
        JSON.stringify(value, (key, inner: unknown) =>
          key.endsWith('Initializer') ? (inner as { className: string }).className : inner,
        ),
      );
    expect(byName(throughReads(written))).toEqual(byName(expected));
  });
});

describe.each(trained.map((it) => [it.title, it] as const))(
  'training %s in plain tfjs',
  (_title, { definition, params, ...it_ }) => {
    const obstacle = cannotTrain.find(({ is }) => is(definition.type, params, it_.in));
    /** Mean squared error to random targets; of the training pass. */
    const lossOf = (model: tf.LayersModel) => {
      const targets = it_.out.map((shape, i) => examples(shape, 2, 99 + i));
      return (...inputs: tf.Tensor[]) =>
        [model.apply(inputs, { training: true })]
          .flat()
          .map((output, i) => tf.losses.meanSquaredError(targets[i]!, output as tf.Tensor).asScalar())
          .reduce((sum, loss) => sum.add(loss));
    };
    const inputs = () => valuesOf(definition, params, it_.in, 2);

    it(obstacle ? `still fails (${obstacle.why})` : 'gives finite gradients and moves its weights', async () => {
      const model = await stockModel(lowered(definition, params, it_.in), it_.in, it_.out.length);
      if (definition.forward) randomise(model);
      const loss = lossOf(model);
      const step = () => tf.train.sgd(0.1).minimize(() => loss(...inputs()));
      if (obstacle) {
        expect(it_.weights > 0 ? step : () => tf.grads(loss)(inputs())).toThrow();
        return;
      }
      // Indices, which examples are given for, have no gradient.
      for (const gradient of definition.examples ? [] : tf.grads(loss)(inputs())) {
        const values = gradient.dataSync();
        expect(values.every(Number.isFinite)).toBe(true);
        expect(values.some((value) => value !== 0)).toBe(true);
      }
      const before = model.trainableWeights.map((weight) => weight.read().dataSync().slice());
      if (before.length === 0) return;
      step();
      const moved = model.trainableWeights.map((weight, i) => {
        const after = [...weight.read().dataSync()];
        return after.reduce((most, value, at) => Math.max(most, Math.abs(value - before[i]![at]!)), 0);
      });
      model.trainableWeights.forEach(({ originalName }, i) => {
        const still = idle.find(({ is }) => is(definition.type, originalName));
        // Of a gradient that is a sum of numbers to 0, rounding leaves something in the measure of the others.
        if (still) expect(moved[i], still.why).toBeLessThan(1e-4 * Math.max(...moved));
        else expect(moved[i], originalName).toBeGreaterThan(0);
      });
    });
  },
);
