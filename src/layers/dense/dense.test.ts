import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { lowered, stockLayerOf, stockModel, withDefaults } from '../stockModel.testing';
import { dense } from './dense';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

it('is the same at each step of a sequence', async () => {
  // By hand: [1, 2]·W + b = [1 + 4, −1 + 6] + [0.5, 0] and [0, −1]·W + b = [−2, −3] + [0.5, 0].
  const params = withDefaults(dense, { units: 2 });
  const model = await stockModel(lowered(dense, params, [[null, 2, 2]]), [[null, 2, 2]]);
  stockLayerOf(model, 0).setWeights([tf.tensor2d([1, -1, 2, 3], [2, 2]), tf.tensor1d([0.5, 0])]);
  const out = model.predict(tf.tensor3d([1, 2, 0, -1], [1, 2, 2])) as tf.Tensor;
  expect([...out.dataSync()]).toEqual([5.5, 5, -1.5, -3]);
});

it('costs its products at each step', () => {
  const params = withDefaults(dense, { units: 8 });
  expect(dense.macs([[null, 6]], [[null, 8]], params)).toBe(48);
  expect(dense.macs([[null, 5, 6]], [[null, 5, 8]], params)).toBe(240);
});

it('says how an image gets to it', () => {
  const [problem] = dense.shape([[null, 28, 28, 6]], withDefaults(dense)).problems;
  expect(problem?.message).toContain('what comes in is 28×28×6, of rank 3. Put a Flatten or a global pooling before it.');
});

it('penalises its kernel alone', () => {
  const weights = dense.weights([[null, 3]], withDefaults(dense, { l2: 5e-4 }));
  expect(weights.kernel?.penalty).toEqual({ l1: 0, l2: 5e-4 });
  expect(weights.bias?.penalty).toBeUndefined();
});

it('is written for PyTorch and Keras as people write it', () => {
  const params = withDefaults(dense, { units: 10, activation: 'softmax', bias: false, l2: 0.01 });
  const context = { inputs: [[null, 84]], outputs: [[null, 10]] };
  expect(dense.torch(params, context)).toMatchObject({
    module: 'nn.Linear(84, 10, bias=False)',
    call: 'F.softmax(m(x), dim=-1)',
  });
  expect(dense.keras(params, context)).toEqual({
    call: 'layers.Dense(10, activation="softmax", use_bias=False, kernel_regularizer=regularizers.L2(0.01))(x)',
  });
});
