import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AnyParams, Padding, Pair } from '@/core/params';
import type { Shape } from '@/core/shape';
import { averagePool2d } from '../pooling/averagePool2d';
import { maxPool2d } from '../pooling/maxPool2d';
import { conv2d } from '../convolution/conv2d';
import type { LayerDefinition } from '../define';
import { examples, lowered, stockModel, withDefaults } from '../stockModel.testing';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const answer = (definition: LayerDefinition, input: Shape, params: AnyParams = {}) =>
  definition.shape([input], withDefaults(definition, params));

/** Lays windows by hand: how many fit, and how many rows of padded input after the last one stay unseen. */
function layByHand(size: number, kernel: number, stride: number, dilation: number, [before, after]: Pair) {
  const padded = size + before + after;
  let count = 0;
  let end = 0;
  for (let start = 0; ; start += stride) {
    const taken = Array.from({ length: kernel }, (_, i) => start + i * dilation);
    if (Math.max(...taken) >= padded) break;
    count += 1;
    end = Math.max(...taken) + 1;
  }
  return { count, unseen: count === 0 ? 0 : padded - end };
}

const between = (min: number, max: number) => fc.integer({ min, max });
const pairOf = (min: number, max: number) => fc.tuple(between(min, max), between(min, max));
const named = fc.constantFrom<Padding>('valid', 'same');
const inputs = fc
  .tuple(between(1, 12), between(1, 12), between(1, 3))
  .map(([height, width, channels]): Shape => [null, height, width, channels]);

async function agreesWithTfjs(definition: LayerDefinition, input: Shape, params: AnyParams, shape: Shape) {
  const model = await stockModel(lowered(definition, params, [input]), [input]);
  expect(model.outputs[0]?.shape).toEqual(shape);
  const out = model.predict(examples(input, 2, 1)) as tf.Tensor;
  expect(out.shape).toEqual([2, ...shape.slice(1)]);
  tf.dispose(out);
  model.dispose();
}

describe('windows with random parameters', () => {
  it('of a convolution agree with windows laid by hand and with tfjs', async () => {
    const params = fc.record({
      filters: between(1, 3),
      kernel: pairOf(1, 5),
      stride: pairOf(1, 4),
      dilation: pairOf(1, 3),
      padding: fc.oneof(named, fc.tuple(pairOf(0, 3), pairOf(0, 3))),
    });
    await fc.assert(
      fc.asyncProperty(inputs, params, async (input, p) => {
        const { shapes, problems } = answer(conv2d, input, p);
        if (p.padding !== 'same') {
          const pads = typeof p.padding === 'string' ? [[0, 0] as const, [0, 0] as const] : p.padding;
          const byHand = [0, 1].map((axis) =>
            layByHand(input[axis + 1] ?? 1, p.kernel[axis]!, p.stride[axis]!, p.dilation[axis]!, pads[axis] as Pair),
          );
          expect(shapes === null).toBe(byHand.some(({ count }) => count === 0));
          expect(problems.length > 0).toBe(byHand.some(({ count, unseen }) => count === 0 || unseen > 0));
          if (shapes) expect(shapes).toEqual([[null, byHand[0]?.count, byHand[1]?.count, p.filters]]);
        } else {
          const ceil = (axis: 0 | 1) => Math.ceil((input[axis + 1] ?? 1) / p.stride[axis]);
          expect(shapes).toEqual([[null, ceil(0), ceil(1), p.filters]]);
          expect(problems).toEqual([]);
        }
        if (shapes?.[0]) await agreesWithTfjs(conv2d, input, withDefaults(conv2d, p), shapes[0]);
      }),
      { seed: 3, numRuns: 150 },
    );
  });

  it.each([maxPool2d, averagePool2d])('of $type agree with windows laid by hand and with tfjs', async (pool) => {
    const params = fc.record({ pool: pairOf(1, 5), stride: pairOf(1, 4), padding: named });
    await fc.assert(
      fc.asyncProperty(inputs, params, async (input, p) => {
        const { shapes } = answer(pool, input, p);
        if (p.padding === 'valid') {
          const counts = [0, 1].map(
            (axis) => layByHand(input[axis + 1] ?? 1, p.pool[axis]!, p.stride[axis]!, 1, [0, 0]).count,
          );
          expect(shapes).toEqual(counts.includes(0) ? null : [[null, ...counts, input[3]]]);
        }
        if (shapes?.[0]) await agreesWithTfjs(pool, input, withDefaults(pool, p), shapes[0]);
      }),
      { seed: 4, numRuns: 100 },
    );
  });

  it('that do not fit come with fixes, each of which works', () => {
    const params = fc.record({
      kernel: pairOf(1, 30),
      stride: pairOf(1, 9),
      dilation: pairOf(1, 3),
      padding: fc.oneof(named, fc.tuple(pairOf(0, 3), pairOf(0, 3))),
    });
    let offered = 0;
    fc.assert(
      fc.property(inputs, params, (input, p) => {
        const { problems } = answer(conv2d, input, p);
        for (const fix of problems.flatMap(({ fixes = [] }) => fixes)) {
          offered += 1;
          const mended = answer(conv2d, input, { ...p, ...fix.params });
          expect(mended.problems, fix.title).toEqual([]);
          const [, height, width] = mended.shapes?.[0] ?? [];
          expect(fix.title).toMatch(new RegExp(`→ ${height === width ? height : `${height}×${width}`}$`));
        }
        if (problems.length > 0) expect(problems[0]?.fixes?.length).toBeGreaterThan(0);
      }),
      { seed: 5, numRuns: 300 },
    );
    expect(offered).toBeGreaterThan(300);
  });
});

describe('a division that is not whole', () => {
  it('warns with the arithmetic, and strict mode may refuse it: in 10, kernel 3, stride 2 gives 7/2 + 1', () => {
    const { shapes, problems } = answer(conv2d, [null, 10, 10, 1], { kernel: [3, 3], stride: [2, 2] });
    expect(shapes).toEqual([[null, 4, 4, 8]]);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ severity: 'warning', code: 'window.fraction', strict: true, got: '3.5' });
    expect(problems[0]?.message).toBe(
      'The stride does not divide the height and width: (10 + 2·0 − 1·(3 − 1) − 1)/2 = 3.5, so the last row and ' +
        'column of the input are never seen. Sizes it divides: 9, 11.',
    );
    expect(problems[0]?.fixes?.map(({ title }) => title)).toEqual(['padding 0/1 → 5', 'kernel 2 → 5', 'stride 1 → 8']);
  });

  it('says that only padding goes unseen in ResNet’s stem, and offers to leave it off', () => {
    const stem = {
      filters: 64,
      kernel: [7, 7],
      stride: [2, 2],
      padding: [
        [3, 3],
        [3, 3],
      ],
    };
    const { shapes, problems } = answer(conv2d, [null, 224, 224, 3], stem);
    expect(shapes).toEqual([[null, 112, 112, 64]]);
    expect(problems[0]?.got).toBe('111.5');
    expect(problems[0]?.message).toContain('the last row and column of the padding are never seen');
    expect(problems[0]?.fixes?.[0]).toEqual({
      title: 'padding 3/2 → 112',
      params: {
        padding: [
          [3, 2],
          [3, 2],
        ],
      },
    });
  });

  it('names the axis where only one is concerned, in the words of the layer', () => {
    const { problems } = answer(maxPool2d, [null, 28, 27, 6]);
    expect(problems.map(({ message }) => message)).toEqual([
      'The stride does not divide the width: (27 + 2·0 − 2)/2 = 12.5, so the last column of the input is never seen. ' +
        'Sizes it divides: 26, 28.',
    ]);
    expect(problems[0]?.params).toEqual(['stride', 'padding', 'pool']);
  });
});

it('a window larger than its input is refused with what it spans and what there is', () => {
  const { shapes, problems } = answer(conv2d, [null, 3, 3, 1], { kernel: [3, 3], dilation: [2, 2] });
  expect(shapes).toBeNull();
  expect(problems[0]).toMatchObject({
    severity: 'error',
    code: 'window.tooLarge',
    expected: 'a window of at most 3',
    got: '5',
  });
  expect(problems[0]?.message).toBe(
    'The window doesn’t fit the height and width: it spans 2·(3 − 1) + 1 = 5, the input has 3.',
  );
  expect(problems[0]?.fixes?.map(({ title }) => title)).toEqual(['padding same → 3', 'kernel 2 → 1']);
});

it('what no array can hold is refused, be it output, weights or the padded input between', () => {
  const codes = (input: Shape, params: AnyParams) => answer(conv2d, input, params).problems.map(({ code }) => code);
  // 46,341² just exceeds 2³¹ − 1; 46,340² does not.
  expect(codes([null, 46_341, 46_341, 1], { filters: 1, kernel: [1, 1] })).toEqual(['size']);
  expect(codes([null, 46_340, 46_340, 1], { filters: 1, kernel: [1, 1] })).toEqual([]);
  expect(codes([null, 1024, 1024, 64], { filters: 65_536, kernel: [1024, 1024] })).toEqual(['size']);
  const wide = [1_000_000, 1_000_000];
  expect(codes([null, 1, 1, 1], { kernel: [1, 1], stride: [1000, 1000], padding: [wide, wide] })[0]).toBe('size');
});
