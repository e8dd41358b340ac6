import { expect, it } from 'vitest';
import { alike } from './alike';

it('compares plain data whatever the order of its keys', () => {
  expect(alike({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true);
  expect(alike({ a: 1 }, { a: 1, b: undefined })).toBe(false);
  expect(alike([1, 2], { 0: 1, 1: 2 })).toBe(false);
});
