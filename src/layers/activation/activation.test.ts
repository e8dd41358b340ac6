import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { lowered, stockModel, withDefaults } from '../stockModel.testing';
import { activation } from './activation';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** f(−1), f(1), f(7) from the definitions, by Python's `math` in double precision; softmax over the three. */
const expectedOf: Readonly<Record<string, readonly number[]>> = {
  linear: [-1, 1, 7],
  relu: [0, 1, 7],
  relu6: [0, 1, 6],
  elu: [-0.632121, 1, 7],
  selu: [-1.111331, 1.050701, 7.354907],
  gelu: [-0.158655, 0.841345, 7],
  geluTanh: [-0.158808, 0.841192, 7],
  hardSwish: [-1 / 3, 2 / 3, 7],
  swish: [-0.268941, 0.731059, 6.993622],
  mish: [-0.303401, 0.865098, 6.999988],
  softplus: [0.313262, 1.313262, 7.000911],
  softsign: [-0.5, 0.5, 0.875],
  sigmoid: [0.268941, 0.731059, 0.999089],
  // 0.2·x + 0.5 as in Keras 2 and tfjs; PyTorch's is another.
  hardSigmoid: [0.3, 0.7, 1],
  tanh: [-0.761594, 0.761594, 0.999998],
  softmax: [0.000335, 0.002472, 0.997194],
  logSoftmax: [-8.00281, -6.00281, -0.00281],
};

const offered = activation.params.activation?.kind === 'choice' ? activation.params.activation.options : [];

it('offers these activations', () => {
  expect(offered.map(({ value }) => value).sort()).toEqual(Object.keys(expectedOf).sort());
});

it.each(Object.entries(expectedOf))('%s gives the numbers of its definition', async (name, expected) => {
  const model = await stockModel(lowered(activation, withDefaults(activation, { activation: name }), [[null, 3]]), [
    [null, 3],
  ]);
  const out = model.predict(tf.tensor2d([[-1, 1, 7]])) as tf.Tensor;
  [...out.dataSync()].forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 5));
});

it('softmax refuses a lone number per example', () => {
  expect(activation.shape([[null]], { activation: 'softmax' }).problems[0]?.code).toBe('rank');
});
