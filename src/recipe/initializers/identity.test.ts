import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { randomStream } from '@/core/random';
import { fansOf } from '../fans';
import { identity } from './identity';

const draw = (shape: readonly number[], gain = 1) => [
  ...identity.sample(shape, fansOf(shape), randomStream(1, 'init/d/kernel'), { gain }),
];

describe('identity', () => {
  it('is the unit matrix, cut off where it is not square', () => {
    expect(draw([2, 2], 3)).toEqual([3, 0, 0, 3]);
    expect(draw([2, 3])).toEqual([1, 0, 0, 0, 1, 0]);
    expect(draw([3, 2])).toEqual([1, 0, 0, 1, 0, 0]);
  });

  it('has the taps of PyTorch’s dirac_ where the window is odd', () => {
    // torch.nn.init.dirac_ of [3, 2, 3, 3]: ones at [0, 0, 1, 1] and [1, 1, 1, 1], which are [1, 1, 0, 0] and
    // [1, 1, 1, 1] here, where channels come last.
    const taps = draw([3, 3, 2, 3]).flatMap((value, i) => (value === 0 ? [] : [[i, value]]));
    const at = (...[row = 0, column = 0, input = 0, output = 0]) => ((row * 3 + column) * 2 + input) * 3 + output;
    expect(taps).toEqual([
      [at(1, 1, 0, 0), 1],
      [at(1, 1, 1, 1), 1],
    ]);
  });

  it.each([
    [3, 3],
    [2, 2],
    [4, 5],
    [1, 6],
  ])('passes an image on through a convolution of %i×%i with same padding', (height, width) => {
    const image = tf.randomNormal<tf.Rank.R4>([1, 7, 6, 3], 0, 1, 'float32', 5);
    const shape: [number, number, number, number] = [height, width, 3, 3];
    const out = tf.conv2d(image, tf.tensor4d(draw(shape, 2), shape), 1, 'same');
    expect([...out.dataSync()]).toEqual([...image.mul(2).dataSync()]);
  });

  it('scales vectors by the gain', () => {
    expect(draw([3], 2)).toEqual([2, 2, 2]);
    expect(draw([])).toEqual([1]);
  });
});
