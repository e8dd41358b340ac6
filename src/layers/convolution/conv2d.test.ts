import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AnyParams } from '@/core/params';
import type { Shape } from '@/core/shape';
import { layers } from '../registry';
import { lowered, stockLayerOf, stockModel, withDefaults } from '../stockModel.testing';
import { conv2d } from './conv2d';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Convolves by definition, one channel in and out. */
function convolve(
  image: readonly (readonly number[])[],
  kernel: readonly (readonly number[])[],
  stride: number,
  dilation: number,
) {
  const reach = dilation * (kernel.length - 1) + 1;
  const out = Math.floor((image.length - reach) / stride) + 1;
  const at = (row: number, column: number) =>
    kernel.flatMap((line, i) => line.map((k, j) => k * (image[row + i * dilation]?.[column + j * dilation] ?? NaN)));
  return Array.from({ length: out }, (_, row) =>
    Array.from({ length: out }, (_, column) => at(row * stride, column * stride).reduce((sum, x) => sum + x, 0)),
  );
}

async function run(params: AnyParams, image: readonly (readonly number[])[], kernel: readonly (readonly number[])[]) {
  const shape: Shape = [null, image.length, image.length, 1];
  const stock = lowered(conv2d, withDefaults(conv2d, { filters: 1, bias: false, ...params }), [shape]);
  const model = await stockModel(stock, [shape]);
  const main = stock.findIndex(({ className }) => className === 'Conv2D');
  stockLayerOf(model, main).setWeights([tf.tensor4d(kernel.flat(), [kernel.length, kernel.length, 1, 1])]);
  const out = model.predict(tf.tensor4d(image.flat(), [1, image.length, image.length, 1])) as tf.Tensor;
  return (out.squeeze([0, 3]).arraySync() as number[][]).map((row) => row.map(Math.round));
}

describe('a convolution', () => {
  it('slides its kernel over the course’s 7×7 picture', async () => {
    const picture = ['0111000', '0011100', '0001110', '0001100', '0011000', '0110000', '1100000'];
    const cross = [
      [1, 0, 1],
      [0, 1, 0],
      [1, 0, 1],
    ];
    expect(
      await run(
        {},
        picture.map((row) => [...row].map(Number)),
        cross,
      ),
    ).toEqual([
      [1, 4, 3, 4, 1],
      [1, 2, 4, 3, 3],
      [1, 2, 3, 4, 1],
      [1, 3, 3, 1, 1],
      [3, 3, 1, 1, 0],
    ]);
  });

  it('with stride and dilation together, which stock layers refuse, computes every stride-th window', async () => {
    const image = Array.from({ length: 11 }, (_, i) => Array.from({ length: 11 }, (_, j) => (i * 17 + j * 5) % 13));
    const kernel = [
      [1, -2, 3],
      [0, 5, -1],
      [2, 2, -4],
    ];
    const params = { stride: [3, 3], dilation: [2, 2] };
    expect(await run(params, image, kernel)).toEqual(convolve(image, kernel, 3, 2));
  });

  it('splits `same` as TensorFlow does, the smaller half before: 8 at stride 2 reaching 5 takes 1 and 2', async () => {
    const image = Array.from({ length: 8 }, (_, i) => Array.from({ length: 8 }, (_, j) => 10 * i + j));
    const corner = [
      [1, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ];
    // The kernel's corner sees rows and columns −1, 1, 3 and 5.
    expect(await run({ stride: [2, 2], dilation: [2, 2], padding: 'same' }, image, corner)).toEqual([
      [0, 0, 0, 0],
      [0, 11, 13, 15],
      [0, 31, 33, 35],
      [0, 51, 53, 55],
    ]);
  });

  it('with numbers as padding puts zeros around', async () => {
    const padding = [
      [1, 0],
      [2, 0],
    ];
    expect(
      await run(
        { kernel: [1, 1], padding },
        [
          [3, 4],
          [5, 6],
        ],
        [[1]],
      ),
    ).toEqual([
      [0, 0, 0, 0],
      [0, 0, 3, 4],
      [0, 0, 5, 6],
    ]);
  });
});

describe('LeNet-5 on 28×28×1', () => {
  const chain: readonly (readonly [
    type: string,
    params: AnyParams,
    out: readonly number[],
    weights: number,
    macs: number,
  ])[] = [
    ['conv2d', { filters: 6, kernel: [5, 5], padding: 'same' }, [28, 28, 6], 156, 117_600],
    ['maxPool2d', {}, [14, 14, 6], 0, 0],
    ['conv2d', { filters: 16, kernel: [5, 5] }, [10, 10, 16], 2_416, 240_000],
    ['maxPool2d', {}, [5, 5, 16], 0, 0],
    ['flatten', {}, [400], 0, 0],
    ['dense', { units: 120 }, [120], 48_120, 48_000],
    ['dense', { units: 84 }, [84], 10_164, 10_080],
    ['dense', { units: 10, activation: 'softmax' }, [10], 850, 840],
  ];

  it('has the shapes, weights and multiply-adds that the paper’s sizes give: 61,706 weights', () => {
    let shape: Shape = [null, 28, 28, 1];
    let total = 0;
    for (const [type, given, out, count, macs] of chain) {
      const layer = layers.get(type)!;
      const params = withDefaults(layer, given);
      const { shapes, problems } = layer.shape([shape], params);
      expect(problems).toEqual([]);
      expect(shapes).toEqual([[null, ...out]]);
      const weights = Object.values(layer.weights([shape], params)).map((weight) =>
        weight.shape.reduce((a, b) => a * b, 1),
      );
      expect(weights.reduce((a, b) => a + b, 0)).toBe(count);
      expect(layer.macs([shape], shapes!, params)).toBe(macs);
      total += count;
      shape = shapes![0]!;
    }
    expect(total).toBe(61_706);
  });
});

it('AlexNet’s first layer shares 34,848 weights and 96 biases over 55×55 positions', () => {
  const params = withDefaults(conv2d, { filters: 96, kernel: [11, 11], stride: [4, 4] });
  const weights = conv2d.weights([[null, 227, 227, 3]], params);
  expect(weights.kernel?.shape.reduce((a, b) => a * b, 1)).toBe(34_848);
  expect(weights.bias?.shape).toEqual([96]);
  // 290,400 outputs of 363 products each.
  expect(conv2d.macs([[null, 227, 227, 3]], [[null, 55, 55, 96]], params)).toBe(290_400 * 363);
});
