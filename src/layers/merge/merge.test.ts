import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AnyParams } from '@/core/params';
import type { Shape } from '@/core/shape';
import type { LayerDefinition } from '../define';
import { lowered, stockModel, withDefaults } from '../stockModel.testing';
import { add } from './add';
import { average } from './average';
import { concatenate } from './concatenate';
import { dot } from './dot';
import { maximum } from './maximum';
import { multiply } from './multiply';
import { slice } from './slice';
import { split } from './split';
import { subtract } from './subtract';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const problems = (layer: LayerDefinition, params: AnyParams, ...inputs: Shape[]) =>
  layer.shape(inputs, withDefaults(layer, params)).problems;
const messages = (layer: LayerDefinition, ...inputs: Shape[]) =>
  problems(layer, {}, ...inputs).map(({ message }) => message);
/** What plain tfjs computes of one example each, output by output. */
async function computed(layer: LayerDefinition, params: AnyParams, ...inputs: tf.Tensor[]): Promise<unknown[]> {
  const all = withDefaults(layer, params);
  const shapes = inputs.map(({ shape }) => [null, ...shape]);
  const outputs = layer.shape(shapes, all).shapes?.length ?? 0;
  const model = await stockModel(lowered(layer, all, shapes), shapes, outputs);
  return [model.predict(inputs.map((input) => tf.expandDims(input)))].flat().map((output) => tf.squeeze(output, [0]).arraySync());
}

describe('elementwise', () => {
  it('tells the sizes that differ, in the user’s own numbers', () => {
    expect(messages(add, [null, 28, 28, 6], [null, 14, 28, 6])).toEqual([
      '28×28×6 + 14×28×6: heights 28 and 14 differ. Only equal sizes can be added, or a size of 1, which is repeated. ' +
        'A 1×1 convolution brings channels together, its stride height and width.',
    ]);
    expect(messages(multiply, [null, 8], [null, 8], [null, 9])).toEqual([
      '8 · 8 · 9: features 8 and 9 differ. Only equal sizes can be multiplied, or a size of 1, which is repeated.',
    ]);
  });

  it('says how channel weights come to the rank of an image', () => {
    expect(messages(multiply, [null, 28, 28, 6], [null, 6])).toEqual([
      '28×28×6 · 6: ranks 3 and 1 differ. Only equal sizes can be multiplied, or a size of 1, which is repeated. ' +
        'A Reshape of the 6 to 1×1×6 lets it be repeated.',
    ]);
    expect(messages(multiply, [null, 28, 28, 6], [null, 1, 1, 6])).toEqual([]);
  });

  it('says which axis is repeated', () => {
    const formulas = multiply.formula([[null, 28, 28, 6], [null, 1, 1, 6]], [[null, 28, 28, 6]], {});
    expect(formulas.at(-1)).toEqual({
      title: 'Repeated',
      lines: [[{ text: '1×1×6', input: true }, ': height 1 → 28, width 1 → 28']],
    });
  });

  it('computes what its name says', async () => {
    const [a, b] = [tf.tensor1d([1, 2, 3]), tf.tensor1d([4, 0, 3])];
    expect(await computed(add, {}, a, b)).toEqual([[5, 2, 6]]);
    expect(await computed(subtract, {}, a, b)).toEqual([[-3, 2, 0]]);
    expect(await computed(multiply, {}, a, b)).toEqual([[4, 0, 9]]);
    expect(await computed(average, {}, a, b)).toEqual([[2.5, 1, 3]]);
    expect(await computed(maximum, {}, a, b)).toEqual([[4, 2, 3]]);
  });

  it('weighs the channels of an image, as squeeze-and-excitation does', async () => {
    const image = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]);
    const [weighed] = await computed(multiply, {}, image, tf.tensor3d([10, -1], [1, 1, 2]));
    expect(weighed).toEqual([[[10, -2], [30, -4]], [[50, -6], [70, -8]]]);
  });
});

describe('concatenating', () => {
  it('refuses sizes that differ off the axis', () => {
    const [problem, ...more] = problems(concatenate, {}, [null, 28, 28, 6], [null, 14, 14, 6]);
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ severity: 'error', code: 'concat.axis', fixes: [] });
    expect(problem?.message).toBe(
      '28×28×6 ⧺ 14×14×6 along channels: heights 28 and 14 differ, widths 28 and 14 differ. All other sizes must be equal.',
    );
  });

  it('offers the axis along which they do fit', () => {
    const [problem] = problems(concatenate, {}, [null, 4, 5, 3], [null, 2, 5, 3]);
    expect(problem?.fixes).toEqual([{ title: 'along height → 6×5×3', params: { axis: 1 } }]);
    expect(problems(concatenate, { axis: 1 }, [null, 4, 5, 3], [null, 2, 5, 3])).toEqual([]);
  });

  it('knows that a vector has one axis', () => {
    const [problem] = problems(concatenate, { axis: 2 }, [null, 4], [null, 3]);
    expect(problem?.message).toBe('4 has axis 1 (features), but no axis 2.');
    expect(problem?.fixes).toEqual([{ title: 'axis −1, the features', params: { axis: -1 } }]);
  });

  it('reads the axes of version 1, which had names', () => {
    const brought = (axis?: string) => concatenate.migrations[2]?.(axis === undefined ? {} : { axis });
    expect(['channels', 'height', 'width', undefined].map(brought)).toEqual([{ axis: -1 }, { axis: 1 }, { axis: 2 }, { axis: -1 }]);
  });
});

describe('dot', () => {
  it('multiplies in pairs and sums: rows of 2 on rows of 2, by hand', async () => {
    const rows = tf.tensor2d([[1, 2], [3, 4], [0, 1]]);
    const others = tf.tensor2d([[1, 1], [2, -1]]);
    expect(await computed(dot, {}, rows, others)).toEqual([[[3, 0], [7, 2], [1, -1]]]);
    expect(await computed(dot, { firstAxis: 1, secondAxis: 1 }, rows, tf.tensor2d([[1], [0], [2]]))).toEqual([[[1], [4]]]);
  });

  it('is the cosine of the angle where vectors are brought to length 1: 24/25 between (3, 4) and (4, 3)', async () => {
    const [[cosine]] = (await computed(dot, { normalize: true }, tf.tensor1d([3, 4]), tf.tensor1d([4, 3]))) as [[number]];
    expect(cosine).toBeCloseTo(0.96, 6);
  });

  it('offers the axes that can be multiplied', () => {
    const [problem] = problems(dot, {}, [null, 3, 5], [null, 5, 4]);
    expect(problem?.message).toBe(
      'Along the channels of 3×5 there are 5 numbers, along the channels of 5×4 4: they can’t be multiplied in pairs.',
    );
    expect(problem?.fixes).toEqual([{ title: 'axes 2 and 1 → 3×4', params: { firstAxis: 2, secondAxis: 1 } }]);
  });
});

describe('splitting', () => {
  it('gives the parts in order', async () => {
    const row = tf.tensor1d([1, 2, 3, 4, 5, 6]);
    expect(await computed(split, { parts: 3 }, row)).toEqual([[1, 2], [3, 4], [5, 6]]);
    expect(await computed(split, { by: 'sizes', sizes: [1, 3, 2] }, row)).toEqual([[1], [2, 3, 4], [5, 6]]);
  });

  it('offers numbers of parts that divide, and sizes that fill', () => {
    const [uneven] = problems(split, { parts: 4 }, [null, 4, 4, 6]);
    expect(uneven?.message).toBe('The channels of 4×4×6 can’t be cut into 4 equal parts: 6/4 = 1.5.');
    expect(uneven?.fixes?.map(({ title }) => title)).toEqual(['3 parts of 2', '2 parts of 3', '6 parts of 1']);
    const [short] = problems(split, { by: 'sizes', sizes: [2, 3] }, [null, 7]);
    expect(short?.message).toBe('2 + 3 = 5, but along the features of 7 there are 7.');
    expect(short?.fixes).toEqual([{ title: 'sizes 2 + 5', params: { sizes: [2, 5] } }]);
  });
});

describe('slicing', () => {
  it('counts from the front and from the back, as NumPy does', async () => {
    const row = tf.tensor1d([0, 1, 2, 3, 4]);
    expect(await computed(slice, { begin: 1, end: 3 }, row)).toEqual([[1, 2]]);
    expect(await computed(slice, { begin: -2 }, row)).toEqual([[3, 4]]);
    expect(await computed(slice, { begin: 1, end: -1 }, row)).toEqual([[1, 2, 3]]);
  });

  it('says which positions there are', () => {
    const [outside] = problems(slice, { axis: 1, begin: 9 }, [null, 6, 4]);
    expect(outside?.message).toBe(
      '9 lies outside: positions along the steps of 6×4 are 0 to 5, or −6 to −1 from the back.',
    );
    const [empty] = problems(slice, { axis: 1, begin: 4, end: 2 }, [null, 6, 4]);
    expect(empty?.message).toContain('From 4 up to but without 2 there is nothing left');
    expect(empty?.fixes?.map(({ title }) => title)).toEqual(['begin 0 → 2', 'end 0 → 2']);
  });
});
