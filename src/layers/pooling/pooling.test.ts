import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseParams, type AnyParams } from '@/core/params';
import type { Shape } from '@/core/shape';
import type { LayerDefinition } from '../define';
import { lowered, stockModel, withDefaults } from '../stockModel.testing';
import { adaptiveAveragePool1d } from './adaptiveAveragePool1d';
import { adaptiveAveragePool2d } from './adaptiveAveragePool2d';
import { adaptiveMaxPool1d } from './adaptiveMaxPool1d';
import { averagePool1d } from './averagePool1d';
import { averagePool2d } from './averagePool2d';
import { averagePool3d } from './averagePool3d';
import { globalAveragePool2d } from './globalAveragePool2d';
import { globalMaxPool3d } from './globalMaxPool3d';
import { maxPool1d } from './maxPool1d';
import { maxPool2d } from './maxPool2d';
import { maxPool3d } from './maxPool3d';
import { maxPoolWithIndices2d } from './maxPoolWithIndices2d';
import { maxUnpool2d } from './maxUnpool2d';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

interface Given {
  /** Batch left out. */
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
const image = (rows: readonly (readonly number[])[]): Given => ({
  shape: [rows.length, rows[0]?.length ?? 0, 1],
  values: rows.flat(),
});
const steps = (...values: readonly number[]): Given => ({ shape: [values.length, 1], values });
const tensorOf = ({ shape, values }: Given) => tf.tensor([...values], [1, ...shape]);
const rounded = (tensor: tf.Tensor) => [...tensor.dataSync()].map((x) => Number(x.toFixed(4)));

async function modelOf(layer: LayerDefinition, params: AnyParams, given: readonly Given[]) {
  const inputs = given.map(({ shape }): Shape => [null, ...shape]);
  const all = withDefaults(layer, params);
  return stockModel(lowered(layer, all, inputs), inputs, layer.outputs(all).length);
}

/** All outputs, as plain tfjs computes them. */
async function outputsOf(layer: LayerDefinition, params: AnyParams, ...given: readonly Given[]) {
  const model = await modelOf(layer, params, given);
  return [model.predict(given.map(tensorOf))].flat().map(rounded);
}
const run = async (layer: LayerDefinition, params: AnyParams, given: Given) =>
  (await outputsOf(layer, params, given))[0];

/** Gradients of Σ output · weights to each input. */
async function gradientsOf(layer: LayerDefinition, params: AnyParams, weights: Given, ...given: readonly Given[]) {
  const model = await modelOf(layer, params, given);
  const loss = (...inputs: tf.Tensor[]) => {
    const [output] = [model.apply(inputs, { training: true })].flat() as tf.Tensor[];
    return tf.sum(tf.mul(output!, tensorOf(weights)));
  };
  return tf.grads(loss)(given.map(tensorOf)).map(rounded);
}

const classesOf = (layer: LayerDefinition, params: AnyParams, input: Shape) =>
  lowered(layer, withDefaults(layer, params), [input]).map(({ className }) => className);

const course = image([
  [1.5, 1.7, 1.4, 1.3],
  [2.0, 2.1, 1.8, 1.6],
  [2.3, 1.9, 1.5, 1.4],
  [2.2, 2.1, 1.6, 1.7],
]);

describe('max pooling', () => {
  it('of the course’s 4×4 gives 2.1 1.8 / 2.3 1.7', async () => {
    expect(await run(maxPool2d, {}, course)).toEqual([2.1, 1.8, 2.3, 1.7]);
  });

  it('never lets padding win over negative numbers, whichever way it is said', async () => {
    const paddings = [
      ['same', [-3, -3, -3, -3]],
      [[[1, 1], [1, 1]], [-3, -3, -3, -3]],
      [[[0, 1], [1, 0]], [-3]],
    ] as const;
    for (const [padding, expected] of paddings) {
      const params = { pool: [3, 3], stride: [1, 1], padding };
      expect(await run(maxPool2d, params, image([[-3, -5], [-4, -6]]))).toEqual(expected);
    }
    const params = { pool: [3, 3, 3], stride: [1, 1, 1], padding: [[1, 1], [1, 1], [1, 1]] };
    expect(await run(maxPool3d, params, { shape: [1, 1, 2, 1], values: [-2, -1] })).toEqual([-1, -1]);
    const dilated = { padding: [[1, 1]], dilation: [2], stride: [1] };
    expect(await run(maxPool1d, dilated, steps(-3, -1, -2))).toEqual([-1, -2, -1]);
  });

  it('rounds up where that is asked for, so that the last step is seen', async () => {
    expect(await run(maxPool1d, {}, steps(1, 2, 3, 4, 5))).toEqual([2, 4]);
    expect(await run(maxPool1d, { ceil: true }, steps(1, 2, 3, 4, 5))).toEqual([2, 4, 5]);
  });

  it('gives the gradient of equal numbers to the first of them, as PyTorch does', async () => {
    const params = { pool: [2, 2], stride: [1, 1] };
    const equal = image([[5, 5, 0], [5, 5, 5], [0, 5, 5]]);
    const [gradient] = await gradientsOf(maxPool2d, params, image([[1, 10], [100, 1000]]), equal);
    expect(gradient).toEqual([1, 10, 0, 100, 1000, 0, 0, 0, 0]);
  });

  it('refuses dilated windows that stand around the input, with a dilation that helps', () => {
    const params = withDefaults(maxPool1d, { padding: 'same', dilation: [2] });
    const { shapes, problems } = maxPool1d.shape([[null, 1, 4]], params);
    expect(shapes).toBeNull();
    expect(problems[0]?.message).toContain('their 2 cells stand 2 apart, and the input has 1');
    for (const { params: change } of problems[0]?.fixes ?? []) {
      expect(maxPool1d.shape([[null, 1, 4]], { ...params, ...change }).shapes).toEqual([[null, 1, 4]]);
    }
  });
});

describe('average pooling', () => {
  it('takes means, at the border over the cells inside only', async () => {
    expect(await run(averagePool2d, {}, image([[1, 2], [3, 6]]))).toEqual([3]);
    // `same` adds a column and row after: windows of 4, 2, 2 and 1 cells.
    const nine = image([[1, 2, 3], [4, 5, 6], [7, 8, 9]]);
    expect(await run(averagePool2d, { padding: 'same' }, nine)).toEqual([3, 4.5, 7.5, 9]);
  });

  it('counts the padding where that is asked for, but never what rounding up adds', async () => {
    // Windows 0 1 2, 2 3 4, 4 5 6 and 6 0, which reaches a step beyond the padding.
    const params = { pool: [3], padding: [[1, 1]], ceil: true };
    expect(await run(averagePool1d, { ...params, countPadding: true }, steps(1, 2, 3, 4, 5, 6))).toEqual([1, 3, 5, 3]);
    expect(await run(averagePool1d, params, steps(1, 2, 3, 4, 5, 6))).toEqual([1.5, 3, 5, 6]);
  });

  it('does so along each axis of a volume', async () => {
    // Of eight cells all but two are padding.
    const params = { padding: [[1, 0], [1, 0], [0, 0]] };
    const volume = { shape: [1, 1, 2, 1], values: [2, 4] };
    expect(await run(averagePool3d, params, volume)).toEqual([3]);
    expect(await run(averagePool3d, { ...params, countPadding: true }, volume)).toEqual([0.75]);
  });
});

describe('pooling in files', () => {
  it('is a stock layer wherever the stock padding puts windows at the same places', () => {
    const even: Shape = [null, 8, 8, 2];
    expect(classesOf(maxPool2d, {}, even)).toEqual(['MaxPooling2D']);
    expect(classesOf(maxPool2d, { ceil: true }, even)).toEqual(['MaxPooling2D']);
    const everywhere = { pool: [3, 3], stride: [1, 1], padding: [[1, 1], [1, 1]] };
    expect(classesOf(maxPool2d, everywhere, even)).toEqual(['MaxPooling2D']);
    expect(classesOf(maxPool2d, { pool: [3, 3], padding: [[1, 1], [1, 1]] }, even)).toEqual(['Layerloom>MaxPool2d']);
    expect(classesOf(averagePool2d, { padding: [[1, 1], [1, 1]], countPadding: true }, even)).toEqual([
      'ZeroPadding2D',
      'AveragePooling2D',
    ]);
    expect(classesOf(globalAveragePool2d, { keepAxes: true }, even)).toEqual(['AveragePooling2D']);
    expect(classesOf(adaptiveAveragePool2d, { output: [4, 2] }, even)).toEqual(['AveragePooling2D']);
    expect(classesOf(adaptiveAveragePool2d, { output: [3, 2] }, even)).toEqual(['Layerloom>AdaptiveAveragePool2d']);
  });

  it('opens as earlier documents have it', () => {
    const earlier = { pool: [3, 3], stride: [2, 2], padding: 'same' };
    const read = parseParams(maxPool2d.params, earlier);
    expect(read.ok && maxPool2d.shape([[null, 7, 8, 1]], read.value).shapes).toEqual([[null, 4, 4, 1]]);
  });
});

describe('global pooling', () => {
  it('takes the mean of everything', async () => {
    expect(await run(globalAveragePool2d, {}, image([[1, 2, 3], [4, 5, 9]]))).toEqual([4]);
  });

  it('takes the largest of a volume, negative ones too', async () => {
    expect(await run(globalMaxPool3d, {}, { shape: [2, 1, 2, 1], values: [-4, -2, -8, -3] })).toEqual([-2]);
  });
});

describe('adaptive pooling', () => {
  it('of 5 steps to 3 looks at steps 0–1, 1–3 and 3–4, as PyTorch parts them', async () => {
    const given = steps(1, 2, 3, 4, 5);
    expect(await run(adaptiveAveragePool1d, { output: [3] }, given)).toEqual([1.5, 3, 4.5]);
    expect(await run(adaptiveMaxPool1d, { output: [3] }, given)).toEqual([2, 4, 5]);
    // A half of 1 reaches steps 0 and 1, a third of 9 steps 1 to 3, a half of 100 steps 3 and 4.
    const [gradient] = await gradientsOf(adaptiveAveragePool1d, { output: [3] }, steps(1, 9, 100), given);
    expect(gradient).toEqual([0.5, 3.5, 3, 53, 50]);
  });

  it('repeats places where more is asked for than comes in', async () => {
    expect(await run(adaptiveAveragePool1d, { output: [4] }, steps(1, 3))).toEqual([1, 1, 3, 3]);
  });
});

describe('max pooling with indices, and back', () => {
  /** Places in a plane of 4×4: row·4 + column. */
  const places = [5, 6, 8, 15];

  it('says where the maxima of the course’s 4×4 stood', async () => {
    expect(await outputsOf(maxPoolWithIndices2d, {}, course)).toEqual([[2.1, 1.8, 2.3, 1.7], places]);
  });

  it('puts them back there, and 0 everywhere else', async () => {
    const indices = image([places.slice(0, 2), places.slice(2)]);
    const [back] = await outputsOf(maxUnpool2d, {}, image([[2.1, 1.8], [2.3, 1.7]]), indices);
    expect(back).toEqual([
      [0, 0, 0, 0],
      [0, 2.1, 1.8, 0],
      [2.3, 0, 0, 0],
      [0, 0, 0, 1.7],
    ].flat());
  });

  it('names the first of equal numbers, and counts places without the padding', async () => {
    const equal = image([[0, 0, 0], [0, 7, 7], [0, 7, 7]]);
    expect((await outputsOf(maxPoolWithIndices2d, { pool: [2, 2], stride: [1, 1] }, equal))[1]).toEqual([4, 4, 4, 4]);
    const padded = { pool: [3, 3], stride: [2, 2], padding: [[1, 1], [1, 1]] };
    expect((await outputsOf(maxPoolWithIndices2d, padded, equal))[1]).toEqual([4, 4, 4, 4]);
    const negative = image([[-1, -2], [-3, -4]]);
    expect((await outputsOf(maxPoolWithIndices2d, { ...padded, stride: [1, 1] }, negative))[1]).toEqual([0, 0, 0, 0]);
  });

  it('hands each number the gradient of its place, and the places none', async () => {
    const weights = image(Array.from({ length: 4 }, (_, row) => [0, 1, 2, 3].map((column) => row * 4 + column)));
    const numbers = image([[2.1, 1.8], [2.3, 1.7]]);
    const indices = image([places.slice(0, 2), places.slice(2)]);
    expect(await gradientsOf(maxUnpool2d, {}, weights, numbers, indices)).toEqual([places, [0, 0, 0, 0]]);
    const [gradient] = await gradientsOf(maxPoolWithIndices2d, {}, image([[1, 2], [3, 4]]), course);
    expect(gradient?.flatMap((value, place) => (value === 0 ? [] : [place]))).toEqual(places);
  });

  it('shows sizes that no pooling comes from, with the one that the window gives', () => {
    const inputs: readonly Shape[] = [[null, 2, 3, 1], [null, 2, 3, 1]];
    const params = withDefaults(maxUnpool2d, { size: [7, 0] });
    const { shapes, problems } = maxUnpool2d.shape(inputs, params);
    expect(shapes).toBeNull();
    expect(problems[0]?.message).toContain('height of 7 does not belong to 2 windows');
    const [fix] = problems[0]?.fixes ?? [];
    expect(maxUnpool2d.shape(inputs, { ...params, ...fix?.params }).shapes).toEqual([[null, 4, 6, 1]]);
    expect(maxUnpool2d.shape(inputs, withDefaults(maxUnpool2d, { size: [5, 5] })).shapes).toEqual([[null, 5, 5, 1]]);
  });

  it('refuses numbers and indices that do not pair', () => {
    const { problems } = maxUnpool2d.shape([[null, 2, 2, 1], [null, 2, 3, 1]], withDefaults(maxUnpool2d));
    expect(problems[0]?.message).toContain('2×2×1 and 2×3×1');
  });
});
