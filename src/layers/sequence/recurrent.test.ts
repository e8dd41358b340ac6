import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AnyParams } from '@/core/params';
import { layers } from '../registry';
import { hostDraws } from '../shared/draws';
import { examples, lowered, stockModel, withDefaults } from '../stockModel.testing';

beforeAll(async () => {
  await tf.setBackend('cpu');
});
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

type Weights = Readonly<Record<string, tf.Tensor>>;

function definitionOf(type: string) {
  const definition = layers.get(type);
  if (!definition) throw new Error(`no ${type}`);
  return definition;
}

function run(type: string, params: AnyParams, x: tf.Tensor, weights: Weights): tf.Tensor {
  const definition = definitionOf(type);
  const output = definition.forward?.(tf, [x], weights, withDefaults(definition, params), {
    training: true,
    draws: hostDraws(tf, () => {
      throw new Error('nothing is drawn');
    }),
    update: () => undefined,
  });
  if (!(output instanceof tf.Tensor)) throw new Error(`${type} gives no single tensor`);
  return output;
}

function weightsOf(type: string, params: AnyParams, features: number): Weights {
  const definition = definitionOf(type);
  const specs = definition.weights([[null, 4, features]], withDefaults(definition, params));
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape }], i) => [name, tf.randomNormal([...shape], 0, 0.6, 'float32', i + 1)]),
  );
}

const values = (tensor: tf.Tensor) => [...tensor.dataSync()];
function close(got: tf.Tensor, expected: tf.Tensor) {
  expect(got.shape).toEqual(expected.shape);
  const scale = Math.max(1e-6, ...values(expected.abs()));
  expect(Math.max(...values(got.sub(expected).abs()))).toBeLessThan(1e-5 * scale);
}

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

describe('cells by hand, one unit on one feature', () => {
  const x = () => tf.tensor3d([[[1], [2]]]);
  const one = { units: 1 };

  it('LSTM: two steps of input gate, forget gate, candidate and output gate', () => {
    const weights = {
      kernel: tf.tensor2d([[0.5, -1, 1, -0.5]]),
      recurrentKernel: tf.tensor2d([[0.1, 0.2, 0.3, 0.4]]),
      bias: tf.tensor1d([0, 1, 0, 0.25]),
    };
    const c1 = sigmoid(0.5) * Math.tanh(1);
    const h1 = sigmoid(-0.5 + 0.25) * Math.tanh(c1);
    const c2 = sigmoid(-2 + 0.2 * h1 + 1) * c1 + sigmoid(1 + 0.1 * h1) * Math.tanh(2 + 0.3 * h1);
    const h2 = sigmoid(-1 + 0.4 * h1 + 0.25) * Math.tanh(c2);
    close(run('lstm', { ...one, returnSequences: true }, x(), weights), tf.tensor3d([[[h1], [h2]]]));
    close(run('lstm', one, x(), weights), tf.tensor2d([[h2]]));
  });

  it('GRU: the reset gate after the product with its own bias, or before it', () => {
    const kernel = tf.tensor2d([[0.5, -1, 1]]);
    const recurrentKernel = tf.tensor2d([[0.1, 0.2, 0.3]]);
    const z1 = sigmoid(0.5);
    const after1 = (1 - z1) * Math.tanh(1 + sigmoid(-1) * 0.7);
    const z2 = sigmoid(1 + 0.1 * after1);
    const after2 = z2 * after1 + (1 - z2) * Math.tanh(2 + sigmoid(-2 + 0.2 * after1) * (0.3 * after1 + 0.7));
    const bias = tf.tensor2d([
      [0, 0, 0],
      [0, 0, 0.7],
    ]);
    close(run('gru', one, x(), { kernel, recurrentKernel, bias }), tf.tensor2d([[after2]]));
    const before1 = (1 - z1) * Math.tanh(1 + 0.7);
    const y2 = sigmoid(1 + 0.1 * before1);
    const before2 =
      y2 * before1 + (1 - y2) * Math.tanh(2 + 0.7 + 0.3 * (sigmoid(-2 + 0.2 * before1) * before1));
    const weights = { kernel, recurrentKernel, bias: tf.tensor1d([0, 0, 0.7]) };
    close(run('gru', { ...one, resetAfter: false }, x(), weights), tf.tensor2d([[before2]]));
  });

  it('simple RNN: its own output comes back at the next step', () => {
    const weights = { kernel: tf.tensor2d([[0.5]]), recurrentKernel: tf.tensor2d([[-2]]), bias: tf.tensor1d([0.1]) };
    const h1 = Math.tanh(0.6);
    close(run('simpleRnn', one, x(), weights), tf.tensor2d([[Math.tanh(1.1 - 2 * h1)]]));
  });
});

describe.each(['simpleRnn', 'lstm', 'gru'])('%s in both directions', (type) => {
  const merges = {
    concat: (a: tf.Tensor, b: tf.Tensor) => tf.concat([a, b], -1),
    sum: (a: tf.Tensor, b: tf.Tensor) => tf.add(a, b),
    average: (a: tf.Tensor, b: tf.Tensor) => tf.add(a, b).div(2),
  };

  it('is two runs, one there and one back, whatever the sizes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        fc.constantFrom('concat', 'sum', 'average'),
        (steps, features, units, returnSequences, merge) => {
          const both = { units, direction: 'both', returnSequences, merge };
          const x = examples([null, steps, features], 2, 5);
          const weights = weightsOf(type, both, features);
          const ofDirection = (prefix: string) =>
            Object.fromEntries(
              ['kernel', 'recurrentKernel', 'bias'].map((name) => [
                name,
                weights[prefix + name.charAt(0).toUpperCase() + name.slice(1)]!,
              ]),
            );
          const one = { units, returnSequences };
          const there = run(type, one, x, ofDirection('forward'));
          const turned = run(type, one, tf.reverse(x, 1), ofDirection('backward'));
          const back = returnSequences ? tf.reverse(turned, 1) : turned;
          close(run(type, both, x, weights), merges[merge](there, back));
        },
      ),
      { seed: 3, numRuns: 25 },
    );
  });

  it('hands the right gradient back: that of two runs', () => {
    const both = { units: 2, direction: 'both', returnSequences: true };
    const x = examples([null, 3, 2], 2, 5);
    const weights = weightsOf(type, both, 2);
    const names = Object.keys(weights);
    const lossOf = (f: (x: tf.Tensor, weights: Weights) => tf.Tensor) => (...given: tf.Tensor[]) => {
      const [input, ...rest] = given;
      const output = f(input!, Object.fromEntries(names.map((name, i) => [name, rest[i]!])));
      return output.mul(examples([null, ...output.shape.slice(1)], 2, 9)).sum();
    };
    const strip = (all: Weights, prefix: string) =>
      Object.fromEntries(
        Object.entries(all).flatMap(([name, value]) =>
          name.startsWith(prefix)
            ? [[name.charAt(prefix.length).toLowerCase() + name.slice(prefix.length + 1), value] as const]
            : [],
        ),
      );
    const one = { units: 2, returnSequences: true };
    const given = [x, ...names.map((name) => weights[name]!)];
    const ours = tf.grads(lossOf((input, all) => run(type, both, input, all)))(given);
    const expected = tf.grads(
      lossOf((input, all) =>
        tf.concat(
          [
            run(type, one, input, strip(all, 'forward')),
            tf.reverse(run(type, one, tf.reverse(input, 1), strip(all, 'backward')), 1),
          ],
          -1,
        ),
      ),
    )(given);
    ours.forEach((gradient, i) => close(gradient, expected[i]!));
  });
});

describe('beside the stock layers of tfjs', () => {
  const stock: readonly (readonly [type: string, params: AnyParams])[] = ['simpleRnn', 'lstm', 'gru'].flatMap((type) =>
    ['forward', 'backward', 'both'].flatMap((direction) =>
      [false, true].map((returnSequences) => [type, { units: 3, direction, returnSequences }] as const),
    ),
  );

  it.each(stock)('%s %j trains on what its export computes', async (type, given) => {
    const definition = definitionOf(type);
    const params = withDefaults(definition, type === 'gru' ? { ...given, resetAfter: false } : given);
    const inputs = [[null, 4, 2]];
    const layer = lowered(definition, params, inputs);
    const model = await stockModel(layer, inputs);
    const weights = weightsOf(type, params, 2);
    model.getLayer('stock0').setWeights((layer[0]?.weights ?? []).map((name) => weights[name]!));
    const x = examples([null, 4, 2], 3, 1);
    close(run(type, params, x, weights), model.predict(x) as tf.Tensor);
  });
});

describe('refusals', () => {
  const problemOf = (type: string, sizes: readonly number[]) => {
    const definition = definitionOf(type);
    return definition.shape([[null, ...sizes]], withDefaults(definition)).problems[0]?.message;
  };

  it('shows the way from an image and from a vector', () => {
    expect(problemOf('lstm', [28, 28, 1])).toBe(
      'It takes a sequence (steps×features); what comes in is 28×28×1, of rank 3. A Reshape before it to 28×28 reads ' +
        'the image row by row, one to 784×1 place by place.',
    );
    expect(problemOf('gru', [10])).toMatch(/Repeat.*Embedding/);
  });
});
