import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AnyParams } from '@/core/params';
import { randomStream } from '@/core/random';
import type { Given } from '../define';
import { layers } from '../registry';
import { hostDraws } from '../shared/draws';
import { examples, lowered, stockModel, withDefaults } from '../stockModel.testing';

beforeAll(async () => {
  await tf.setBackend('cpu');
});
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

function definitionOf(type: string) {
  const definition = layers.get(type);
  if (!definition) throw new Error(`no ${type}`);
  return definition;
}

function run(
  type: string,
  params: AnyParams,
  inputs: Given,
  weights: Readonly<Record<string, tf.Tensor>>,
  training = false,
) {
  const definition = definitionOf(type);
  const output = definition.forward?.(tf, inputs, weights, withDefaults(definition, params), {
    training,
    draws: hostDraws(tf, () => randomStream(1, 'test')),
    update: () => undefined,
  });
  if (!(output instanceof tf.Tensor)) throw new Error(`${type} gives no single tensor`);
  return output;
}
const values = (tensor: tf.Tensor) => [...tensor.dataSync()];

/** Queries, keys, values and output as they come: one head of two numbers. */
const identity = () => {
  const eye = tf.eye(2);
  return { queryKernel: eye, keyKernel: eye, valueKernel: eye, outputKernel: eye };
};
const plain = { heads: 1, keySize: 2, bias: false };

describe('attention', () => {
  it('is softmax(Q·Kᵀ/√d)·V, by hand', () => {
    // Scores 4 and 0 over √2, so the first value counts e^(4/√2) times the second.
    const query = tf.tensor3d([[[2, 0]]]);
    const memory = tf.tensor3d([[[2, 0], [0, 2]]]);
    const share = 1 / (1 + Math.exp(-4 / Math.SQRT2));
    const [a, b] = values(run('multiHeadAttention', plain, [query, memory], identity()));
    expect(a).toBeCloseTo(2 * share, 5);
    expect(b).toBeCloseTo(2 * (1 - share), 5);
  });

  it('sees the past alone where it is causal', () => {
    const x = examples([null, 5, 2], 1, 3);
    const changed = tf.concat([x.slice([0, 0, 0], [1, 3, 2]), examples([null, 2, 2], 1, 4)], 1);
    const causal = { ...plain, causal: true };
    const before = values(run('multiHeadAttention', causal, [x], identity()));
    const after = values(run('multiHeadAttention', causal, [changed], identity()));
    expect(after.slice(0, 6)).toEqual(before.slice(0, 6));
    expect(after.slice(6)).not.toEqual(before.slice(6));
    // The first step sees itself alone.
    expect(before.slice(0, 2)).toEqual(values(x).slice(0, 2));
  });

  it('does not see an order: permuted steps come out permuted', () => {
    const x = examples([null, 4, 2], 1, 3);
    const order = tf.tensor1d([2, 0, 3, 1], 'int32');
    const permuted = values(run('multiHeadAttention', plain, [tf.gather(x, order, 1)], identity()));
    const expected = values(tf.gather(run('multiHeadAttention', plain, [x], identity()), order, 1));
    permuted.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
  });

  it('drops weights in training alone, and keeps their mean', () => {
    const ones = tf.ones<tf.Rank.R3>([400, 10, 2]);
    const dropping = { ...plain, dropout: 0.25 };
    // All values are 1 and all weights 1/10: an output is the number kept, over 10, over 0.75.
    const kept = values(run('multiHeadAttention', dropping, [ones], identity(), true)).map((value) => value * 7.5);
    expect(kept.every((count) => Math.abs(count - Math.round(count)) < 1e-4)).toBe(true);
    const mean = kept.reduce((sum, count) => sum + count, 0) / kept.length / 10;
    // 40 000 draws: a standard deviation of 0.0022.
    expect(Math.abs(mean - 0.75)).toBeLessThan(0.009);
    const whole = values(run('multiHeadAttention', dropping, [ones], identity()));
    expect(whole.every((value) => Math.abs(value - 1) < 1e-5)).toBe(true);
  });

  it('says which of its inputs is no sequence', () => {
    const definition = definitionOf('multiHeadAttention');
    const { problems } = definition.shape([[null, 4, 8], [null, 8]], withDefaults(definition));
    expect(problems[0]?.message).toMatch(/^It takes a sequence \(steps×features\); the memory is 8, of rank 1\./);
  });
});

describe('positional encoding', () => {
  it('has the sines and cosines of Vaswani et al. 2017, §3.5', () => {
    const encoding = values(run('positionalEncoding', {}, [tf.zeros([1, 3, 4])], {}));
    const expected = [0, 1, 2].flatMap((t) => [Math.sin(t), Math.cos(t), Math.sin(t / 100), Math.cos(t / 100)]);
    encoding.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 6));
  });
});

describe('embedding', () => {
  const table = () => tf.tensor2d([[1, 2], [3, 4], [5, 6]]);
  const params = { vocabulary: 3, features: 2 };

  it('looks rows up; a row’s gradient is the sum over the places that it stands at', () => {
    const look = (embeddings: tf.Tensor) => run('embedding', params, [tf.tensor2d([[2, 0, 2]])], { embeddings });
    expect(values(look(table()))).toEqual([5, 6, 1, 2, 5, 6]);
    const weights = tf.tensor3d([[[1, 10], [2, 20], [3, 30]]]);
    const gradient = tf.grad((embeddings: tf.Tensor) => look(embeddings).mul(weights).sum())(table());
    expect(values(gradient)).toEqual([2, 20, 0, 0, 4, 40]);
  });

  it('names an index that has no row', async () => {
    const definition = definitionOf('embedding');
    const model = await stockModel(lowered(definition, withDefaults(definition, params), [[null, 2]]), [[null, 2]]);
    expect(() => model.predict(tf.tensor2d([[0, 3]]))).toThrow(/3 is not in \[0, 2\]/);
    const train = () => run('embedding', params, [tf.tensor2d([[0, 3]])], { embeddings: table() }, true);
    expect(train).toThrow(/3 is not in \[0, 2\]/);
  });

  it('can be trained behind another layer, which gets no gradient through indices', () => {
    const gradient = tf.grad((x: tf.Tensor) => run('embedding', params, [x.mul(1)], { embeddings: table() }).sum());
    expect(values(gradient(tf.tensor2d([[1, 2]])))).toEqual([0, 0]);
  });
});
