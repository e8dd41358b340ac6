import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { lowered, stockModel, withDefaults } from '../stockModel.testing';
import { activated } from '../shared/activations';
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

/** Derivatives of those of one number, by PyTorch's autograd in double precision. */
const places = [-1000, -100, -20, -3.5, -0.5, 0.5, 3.5, 20, 100, 1000];
const derivativesOf: Readonly<Record<string, readonly number[]>> = {
  linear: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
  relu: [0, 0, 0, 0, 0, 1, 1, 1, 1, 1],
  relu6: [0, 0, 0, 0, 0, 1, 1, 0, 0, 0],
  elu: [0, 0, 0, 0.030197, 0.606531, 1, 1, 1, 1, 1],
  selu: [0, 0, 0, 0.05309, 1.066341, 1.050701, 1.050701, 1.050701, 1.050701, 1.050701],
  gelu: [0, 0, 0, -0.002822, 0.132505, 0.867495, 1.002822, 1, 1, 1],
  geluTanh: [0, 0, 0, -0.002423, 0.13263, 0.86737, 1.002423, 1, 1, 1],
  swish: [0, 0, 0, -0.070273, 0.260039, 0.739961, 1.070273, 1, 1, 1],
  hardSwish: [0, 0, 0, 0, 0.333333, 0.666667, 1, 1, 1, 1],
  mish: [0, 0, 0, -0.07276, 0.289511, 0.886424, 1.009939, 1, 1, 1],
  softplus: [0, 0, 0, 0.029312, 0.377541, 0.622459, 0.970688, 1, 1, 1],
  softsign: [1e-6, 9.8e-5, 0.002268, 0.049383, 0.444444, 0.444444, 0.049383, 0.002268, 9.8e-5, 1e-6],
  sigmoid: [0, 0, 0, 0.028453, 0.235004, 0.235004, 0.028453, 0, 0, 0],
  hardSigmoid: [0, 0, 0, 0, 0.2, 0.2, 0, 0, 0, 0],
  tanh: [0, 0, 0, 0.003641, 0.786448, 0.786448, 0.003641, 0, 0, 0],
};

it.each(Object.entries(derivativesOf))('%s has its derivative, however large the number', async (name, expected) => {
  const model = await stockModel(lowered(activation, withDefaults(activation, { activation: name }), [[null, 1]]), [
    [null, 1],
  ]);
  const slope = tf.grad((x) => model.apply(x) as tf.Tensor)(tf.tensor2d(places, [places.length, 1]));
  [...slope.dataSync()].forEach((value, i) => expect(value, `at ${places[i]}`).toBeCloseTo(expected[i] ?? NaN, 5));
});

it.each(['softmax', 'logSoftmax'])('%s stays finite for numbers far apart', async (name) => {
  const model = await stockModel(lowered(activation, withDefaults(activation, { activation: name }), [[null, 10]]), [
    [null, 10],
  ]);
  const x = tf.tensor2d(places, [1, places.length]);
  const first = (input: tf.Tensor) => (model.apply(input) as tf.Tensor).slice([0, 9], [1, 1]);
  // The largest number takes all: probability 1, logarithm 0; moving it changes nothing.
  expect(first(x).dataSync()[0]).toBe(name === 'softmax' ? 1 : 0);
  expect([...tf.grad(first)(x).dataSync()].map(Math.abs)).toEqual(places.map(() => 0));
});

it('hard swish and GELU by tanh come after a layer that tfjs has, as a class of their own', () => {
  expect(activated({ className: 'Dense', config: { units: 2 } }, 'hardSwish')).toEqual([
    { className: 'Dense', config: { units: 2, activation: 'linear' } },
    { className: 'Layerloom>Activation', config: { params: { activation: 'hardSwish' } }, suffix: 'hardSwish' },
  ]);
});

it('softmax refuses a lone number per example', () => {
  expect(activation.shape([[null]], { activation: 'softmax' }).problems[0]?.code).toBe('rank');
});
