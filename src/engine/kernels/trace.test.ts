import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { defaults } from '@/core/params';
import { optimizers } from '@/recipe/registry';
import { trace } from './trace';

describe('taking down a formula', () => {
  it('writes operations in their order, numbers apart', () => {
    const formula = trace(['a', 'b'], (ops, { a, b }) => {
      const sum = ops.add(ops.mul(a!, 0.5), b!);
      return { root: ops.sqrt(ops.div(ops.square(sum), 4)), same: a! };
    });
    expect(formula).toEqual({
      expressions: ['x0 * k0', 'v0 + x1', 'v1 * v1', 'v2 / k1', 'sqrt(v3)'],
      constants: [0.5, 4],
      results: { root: 'v4', same: 'x0' },
    });
  });

  it('gives up where the numbers of other places matter, or a tensor is asked for what it has', () => {
    expect(trace(['a'], (ops, { a }) => ({ mean: ops.mean(a!) }))).toBeNull();
    expect(trace(['a'], (ops, { a }) => ({ scaled: ops.mul(a!, a!.shape.length) }))).toBeNull();
    expect(trace(['a'], (_ops, { a }) => ({ doubled: a!.mul(2) }))).toBeNull();
    expect(trace(['a'], (_ops, { a }) => ({ doubled: tf.mul(a!, 2) }))).toBeNull();
  });

  it('hides no mistake of the body', () => {
    expect(() => trace(['a'], () => JSON.parse('{') as Record<string, tf.Tensor>)).toThrow(SyntaxError);
  });

  it.each([...optimizers.values()])('knows all that $title does, whatever the step, in one form', (definition) => {
    const update = (step: number) =>
      trace(['weight', 'gradient', ...definition.slots], (ops, given) => {
        const next = definition.update(ops, {
          weight: given.weight!,
          gradient: given.gradient!,
          slots: given,
          step,
          learningRate: 0.1 / step,
          params: defaults(definition.params),
        });
        return { weight: next.weight, ...next.slots };
      });
    const [first, later] = [update(1), update(7)];
    expect(first?.results).toHaveProperty('weight');
    expect(later).toEqual({ ...first, constants: later?.constants });
  });
});
