import { expect, it } from 'vitest';
import { accuracy, bytes, clock, count, loss, plural, rate, stepTime } from './format';

it('groups thousands', () => expect(count(61_706)).toBe('61,706'));

it('writes memory in binary units', () => {
  // 28·28·6 activations of four bytes, LeNet-5's first layer.
  expect(bytes(28 * 28 * 6 * 4)).toBe('18.4 KiB');
  expect(bytes(0)).toBe('0 B');
  expect(bytes(40)).toBe('40 B');
  expect(bytes(30 * 1024 ** 2)).toBe('30.0 MiB');
  expect(bytes(512 * 1024 ** 3)).toBe('512 GiB');
});

it('writes times as one says them', () => {
  expect(stepTime(0.48)).toBe('480 µs');
  expect(stepTime(11.84)).toBe('11.8 ms');
  expect(stepTime(1240)).toBe('1.24 s');
  expect(clock(31_400)).toBe('0:31');
  expect(clock(11_260_000)).toBe('3:07:40');
});

it('writes losses with the digits that matter', () => {
  expect(loss(0.31271)).toBe('0.3127');
  expect(loss(84.3)).toBe('84.30');
  expect(loss(0.000012)).toBe('1.20e-5');
  expect(loss(3.4e12)).toBe('3.40e+12');
  expect(loss(NaN)).toBe('not a number');
  expect(loss(0)).toBe('0.0000');
});

it('writes accuracies, rates and numbers of things', () => {
  expect(accuracy(0.88649)).toBe('0.886');
  expect(rate(0.01)).toBe('1.0e-2');
  expect(plural(1, 'layer')).toBe('1 layer');
  expect(plural(1200, 'layer')).toBe('1,200 layers');
});
