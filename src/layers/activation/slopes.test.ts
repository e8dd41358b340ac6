import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import type { AnyParams } from '@/core/params';
import type { LayerDefinition } from '../define';
import { lowered, stockLayerOf, stockModel, withDefaults } from '../stockModel.testing';
import { elu } from './elu';
import { leakyRelu } from './leakyRelu';
import { prelu } from './prelu';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const x = [-1000, -2, -0.5, 0.5, 1000];

// f(x) and f′(x) by Python's math: 0.3·(e⁻² − 1) = −0.259399, 0.3·e⁻² = 0.040601.
it.each<readonly [string, LayerDefinition, AnyParams, readonly number[], readonly number[]]>([
  ['leaky ReLU', leakyRelu, { slope: 0.2 }, [-200, -0.4, -0.1, 0.5, 1000], [0.2, 0.2, 0.2, 1, 1]],
  ['ELU', elu, { alpha: 1 }, [-1, -0.864665, -0.393469, 0.5, 1000], [0, 0.135335, 0.606531, 1, 1]],
  ['ELU', elu, { alpha: 0.3 }, [-0.3, -0.259399, -0.118041, 0.5, 1000], [0, 0.040601, 0.181959, 1, 1]],
])('%s is its definition, derivative too', async (_name, definition, params, values, slopes) => {
  const model = await stockModel(lowered(definition, withDefaults(definition, params), [[null, 5]]), [[null, 5]]);
  const forward = (input: tf.Tensor) => model.apply(input) as tf.Tensor;
  const given = tf.tensor2d(x, [1, 5]);
  [...forward(given).dataSync()].forEach((value, i) => expect(value).toBeCloseTo(values[i] ?? NaN, 5));
  [...tf.grad(forward)(given).dataSync()].forEach((value, i) => expect(value).toBeCloseTo(slopes[i] ?? NaN, 5));
});

// By hand: channels 0 and 1 of two steps; ∂/∂α is the sum of what is negative there.
it.each([
  { slopes: 'channel', alpha: [0.5, 0.1], out: [-1, -0.2, 4, -0.3], gradient: [-2, -5] },
  { slopes: 'one', alpha: [0.5], out: [-1, -1, 4, -1.5], gradient: [-7] },
])('PReLU with slopes “$slopes” learns them', async ({ slopes, alpha, out, gradient }) => {
  const model = await stockModel(lowered(prelu, withDefaults(prelu, { slopes }), [[null, 2, 2]]), [[null, 2, 2]]);
  const [weight] = stockLayerOf(model, 0).weights;
  weight?.write(tf.tensor(alpha, weight.shape as number[]));
  const given = tf.tensor3d([-2, -2, 4, -3], [1, 2, 2]);
  [...(model.predict(given) as tf.Tensor).dataSync()].forEach((value, i) => expect(value).toBeCloseTo(out[i] ?? NaN, 6));
  const { grads } = tf.variableGrads(() => tf.sum(model.apply(given) as tf.Tensor));
  expect([...(Object.values(grads)[0]?.dataSync() ?? [])]).toEqual(gradient);
});
