import { describe, expect, it } from 'vitest';
import { permutation, philox, randomStream } from './random';

describe('philox 4×32-10', () => {
  // Known answers published with Random123 (kat_vectors).
  it.each([
    [[0, 0, 0, 0], [0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])('gives the published answer for counter %j and key %j', (counter, key, expected) => {
    const out = new Uint32Array(4);
    philox(counter, key[0]!, key[1]!, out);
    expect([...out]).toEqual(expected);
  });
});

describe('a random stream', () => {
  const draw = (seed: number, purpose: string, step: number) => {
    const random = randomStream(seed, purpose, step);
    return Array.from({ length: 6 }, () => random.uniform());
  };

  it('repeats itself for the same seed, purpose and step, and differs in each of them', () => {
    expect(draw(1, 'shuffle', 3)).toEqual(draw(1, 'shuffle', 3));
    expect(draw(1, 'shuffle', 3)).not.toEqual(draw(2, 'shuffle', 3));
    expect(draw(1, 'shuffle', 3)).not.toEqual(draw(1, 'dropout', 3));
    expect(draw(1, 'shuffle', 3)).not.toEqual(draw(1, 'shuffle', 4));
  });

  it('has the mean and variance of its distributions', () => {
    const random = randomStream(7, 'moments');
    const n = 200_000;
    let sum = 0;
    let square = 0;
    let uniform = 0;
    for (let i = 0; i < n; i += 1) {
      const z = random.normal();
      sum += z;
      square += z * z;
      uniform += random.uniform();
    }
    // Five standard errors.
    expect(Math.abs(sum / n)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(square / n - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(uniform / n - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
  });

  it('shuffles into a permutation', () => {
    const order = permutation(1000, randomStream(1, 'shuffle'));
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect([...order.slice(0, 10)]).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
