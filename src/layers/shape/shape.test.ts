import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AnyParams } from '@/core/params';
import type { Shape } from '@/core/shape';
import type { LayerDefinition } from '../define';
import { lowered, stockModel, withDefaults } from '../stockModel.testing';
import { cropping1d } from './cropping1d';
import { cropping3d } from './cropping3d';
import { permute } from './permute';
import { pixelShuffle } from './pixelShuffle';
import { pixelUnshuffle } from './pixelUnshuffle';
import { reflectionPadding1d } from './reflectionPadding1d';
import { reflectionPadding2d } from './reflectionPadding2d';
import { reshape } from './reshape';
import { resize } from './resize';
import { upSampling1d } from './upSampling1d';
import { upSampling2d } from './upSampling2d';
import { upSampling3d } from './upSampling3d';
import { zeroPadding1d } from './zeroPadding1d';
import { zeroPadding3d } from './zeroPadding3d';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Its first problem, and whether each fix offered really leaves none of that code. */
function refusal(layer: LayerDefinition, params: AnyParams, ...inputs: Shape[]) {
  const all = withDefaults(layer, params);
  const [problem] = layer.shape(inputs, all).problems;
  for (const fix of problem?.fixes ?? []) {
    expect(layer.shape(inputs, { ...all, ...fix.params }).problems, fix.title).toEqual([]);
  }
  return { message: problem?.message, fixes: problem?.fixes?.map(({ title }) => title) };
}

/** All numbers that plain tfjs computes of one example. */
async function computed(layer: LayerDefinition, params: AnyParams, input: tf.Tensor): Promise<readonly number[]> {
  const all = withDefaults(layer, params);
  const shapes = [[null, ...input.shape]];
  const model = await stockModel(lowered(layer, all, shapes), shapes);
  return [...(model.predict(tf.expandDims(input)) as tf.Tensor).dataSync()];
}
/** 1, 2, 3, … in a shape. */
const counting = (...shape: number[]) => tf.reshape(tf.range(1, shape.reduce((a, b) => a * b) + 1), shape);

describe('reshape', () => {
  it('says why numbers do not fill the sizes, and offers sizes that they do', () => {
    expect(refusal(reshape, { shape: [7, 7, 10] }, [null, 28, 28, 1])).toEqual({
      message: '28×28×1 = 784 numbers can’t be laid out as 7×7×10 = 490.',
      fixes: ['shape 7×7×16', 'shape 784'],
    });
    expect(refusal(reshape, { shape: [-1, 5] }, [null, 8])).toEqual({
      message: '8 = 8 numbers don’t fall into rest×5: 8/5 = 1.6 is no whole number.',
      fixes: ['shape 1×8', 'shape 8'],
    });
  });
});

describe('permute', () => {
  it('turns rows into columns', async () => {
    expect(await computed(permute, {}, counting(2, 3))).toEqual([1, 4, 2, 5, 3, 6]);
  });

  it('wants every axis once', () => {
    expect(refusal(permute, { order: [2, 2, 4] }, [null, 8, 9, 3])).toEqual({
      message:
        'The order 2, 2, 4 must name each axis of 8×9×3 once, 1 (height), 2 (width), 3 (channels): ' +
        '1, 3 is missing, there is no 4, 2 stands there twice.',
      fixes: ['order 2, 1, 3 → 9×8×3', 'order 3, 2, 1 → 3×9×8'],
    });
  });
});

describe('padding', () => {
  it('puts zeros before and after, on each axis its own', async () => {
    expect(await computed(zeroPadding1d, { before: 2, after: 1 }, counting(2, 1))).toEqual([0, 0, 1, 2, 0]);
    const volume = await computed(
      zeroPadding3d,
      { front: 1, back: 0, top: 0, bottom: 1, left: 1, right: 0 },
      counting(1, 1, 2, 1),
    );
    expect(volume).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0]);
  });

  // numpy.pad with the modes reflect, edge and wrap, on 1 2 3.
  it('continues beyond the border as NumPy does', async () => {
    const padded = (mode: string) => computed(reflectionPadding1d, { mode, before: 2, after: 1 }, counting(3, 1));
    expect(await padded('reflect')).toEqual([3, 2, 1, 2, 3, 2]);
    expect(await padded('replicate')).toEqual([1, 1, 1, 2, 3, 3]);
    expect(await padded('circular')).toEqual([2, 3, 1, 2, 3, 1]);
  });

  it('cannot mirror more than there is', () => {
    expect(refusal(reflectionPadding2d, { top: 4, left: 3 }, [null, 3, 8, 1])).toEqual({
      message:
        'Reflection mirrors at the edge itself, so that a side may have at most size − 1 lines: on 3×8×1, ' +
        '4 of the height is more than 3 − 1 = 2.',
      fixes: ['pad 2/1 and 3/1', 'the edge again'],
    });
  });
});

describe('cropping', () => {
  it('cuts off both ends, on each axis its own', async () => {
    expect(await computed(cropping1d, { before: 1, after: 2 }, counting(5, 1))).toEqual([2, 3]);
    const params = { front: 1, back: 0, top: 0, bottom: 1, left: 1, right: 0 };
    expect(await computed(cropping3d, params, counting(2, 2, 2, 2))).toEqual([11, 12]);
  });

  it('must leave something', () => {
    expect(refusal(cropping1d, { before: 3, after: 2 }, [null, 4, 1])).toEqual({
      message: 'Nothing of 4×1 would be left: of the steps 4, 3 + 2 = 5 would go.',
      fixes: ['crop 3/0', 'crop nothing'],
    });
  });
});

describe('up-sampling', () => {
  it('repeats each number', async () => {
    expect(await computed(upSampling1d, { factor: [3] }, counting(2, 1))).toEqual([1, 1, 1, 2, 2, 2]);
    expect(await computed(upSampling2d, { factor: [1, 2] }, counting(2, 2, 1))).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
    expect(await computed(upSampling3d, { factor: [2, 1, 1] }, counting(2, 1, 1, 2))).toEqual([1, 2, 1, 2, 3, 4, 3, 4]);
  });

  // nn.Upsample(scale_factor=2, mode='linear') of 0, 4 in PyTorch 2.13: outputs look at −¼, ¼, ¾ and 1¼.
  it('blends with numbers in the middle of their cells', async () => {
    expect(await computed(upSampling1d, { factor: [2], interpolation: 'linear' }, tf.tensor2d([[0], [4]]))).toEqual([0, 1, 3, 4]);
  });
});

describe('resizing', () => {
  it('keeps the outermost pixels where corners are aligned', async () => {
    const row = tf.tensor3d([0, 6], [1, 2, 1]);
    expect(await computed(resize, { size: [1, 4], alignCorners: true }, row)).toEqual([0, 2, 4, 6]);
    expect(await computed(resize, { size: [1, 4] }, row)).toEqual([0, 1.5, 4.5, 6]);
  });

  it('aligns corners only where it blends', () => {
    expect(refusal(resize, { interpolation: 'nearest', alignCorners: true }, [null, 4, 4, 1]).fixes).toEqual([
      'corners not aligned',
      'bilinear',
    ]);
  });
});

describe('pixel shuffle', () => {
  // Shi et al. 2016, eq. 4, with PyTorch's order: channel c·r² + i·r + j.
  it('lays channels out as blocks of pixels, and unshuffle takes them back', async () => {
    const pixel = counting(1, 1, 8);
    expect(await computed(pixelShuffle, {}, pixel)).toEqual([1, 5, 2, 6, 3, 7, 4, 8]);
    expect(await computed(pixelUnshuffle, {}, tf.tensor3d([1, 5, 2, 6, 3, 7, 4, 8], [2, 2, 2]))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('says which factors fit', () => {
    expect(refusal(pixelShuffle, { factor: 3 }, [null, 4, 4, 16])).toEqual({
      message: 'The 16 channels of 4×4×16 don’t fall into groups of 3² = 9: 16/9 = 1.778.',
      fixes: ['factor 2', 'factor 4'],
    });
    expect(refusal(pixelUnshuffle, { factor: 4 }, [null, 6, 8, 1])).toEqual({
      message: '6×8×1 can’t be cut into blocks of 4×4: height 6/4 = 1.5.',
      fixes: ['factor 2', 'factor 1'],
    });
  });
});
