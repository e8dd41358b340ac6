import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import type { AnyParams } from '@/core/params';
import type { LayerDefinition } from '../define';
import { lowered, stockModel, withDefaults } from '../stockModel.testing';
import { averagePool2d } from './averagePool2d';
import { globalAveragePool2d } from './globalAveragePool2d';
import { maxPool2d } from './maxPool2d';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

async function run(layer: LayerDefinition, params: AnyParams, image: readonly (readonly number[])[]) {
  const shape = [null, image.length, image[0]?.length ?? 0, 1];
  const model = await stockModel(lowered(layer, withDefaults(layer, params), [shape]), [shape]);
  const out = model.predict(tf.tensor(image.flat(), [1, ...shape.slice(1).map(Number)])) as tf.Tensor;
  return [...out.dataSync()].map((x) => Number(x.toFixed(4)));
}

const course = [
  [1.5, 1.7, 1.4, 1.3],
  [2.0, 2.1, 1.8, 1.6],
  [2.3, 1.9, 1.5, 1.4],
  [2.2, 2.1, 1.6, 1.7],
];

it('max pooling of the course’s 4×4 gives 2.1 1.8 / 2.3 1.7', async () => {
  expect(await run(maxPool2d, {}, course)).toEqual([2.1, 1.8, 2.3, 1.7]);
});

it('max pooling never lets padding win over negative numbers', async () => {
  expect(await run(maxPool2d, { pool: [3, 3], stride: [1, 1], padding: 'same' }, [[-3]])).toEqual([-3]);
});

it('average pooling takes means, at the border over the cells inside only', async () => {
  expect(
    await run(averagePool2d, {}, [
      [1, 2],
      [3, 6],
    ]),
  ).toEqual([3]);
  // `same` adds a column and row after: windows of 4, 2, 2 and 1 cells.
  expect(
    await run(averagePool2d, { padding: 'same' }, [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]),
  ).toEqual([3, 4.5, 7.5, 9]);
});

it('global average pooling takes the mean of everything', async () => {
  expect(
    await run(globalAveragePool2d, {}, [
      [1, 2, 3],
      [4, 5, 9],
    ]),
  ).toEqual([4]);
});
