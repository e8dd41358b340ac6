import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AnyParams } from '@/core/params';
import { withoutBatch, type Shape } from '@/core/shape';
import type { LayerDefinition } from '../define';
import { lowered, stockLayerOf, stockModel, withDefaults } from '../stockModel.testing';
import { conv1d } from './conv1d';
import { conv2d } from './conv2d';
import { conv3d } from './conv3d';
import { deformableConv2d } from './deformableConv2d';
import { depthwiseConv2d } from './depthwiseConv2d';
import { separableConv2d } from './separableConv2d';
import { spatiallySeparableConv2d } from './spatiallySeparableConv2d';
import { transposedConv2d } from './transposedConv2d';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const batched = (shape: Shape) => [1, ...withoutBatch(shape)];

/** What a layer without bias makes of one example: inputs and weights row by row. */
async function run(
  definition: LayerDefinition,
  given: AnyParams,
  inputs: readonly (readonly [shape: Shape, values: readonly number[]])[],
  ...weights: readonly (readonly number[])[]
): Promise<number[]> {
  const params = withDefaults(definition, { bias: false, ...given });
  const shapes = inputs.map(([shape]) => shape);
  const model = await stockModel(lowered(definition, params, shapes), shapes);
  const specs = Object.values(definition.weights(shapes, params));
  stockLayerOf(model, 0).setWeights(specs.map(({ shape }, i) => tf.tensor([...weights[i]!], [...shape])));
  const output = model.predict(inputs.map(([shape, values]) => tf.tensor([...values], batched(shape)))) as tf.Tensor;
  return [...output.dataSync()];
}

const valuesOf = (definition: LayerDefinition, input: Shape, given: AnyParams) => {
  const params = withDefaults(definition, given);
  const outputs = definition.shape([input], params).shapes ?? [];
  return definition.compare([input], outputs, params).map(({ rows }) => rows.map(({ value }) => value));
};

describe('convolutions compared', () => {
  it('share 34,944 parameters in AlexNet’s first layer, where unshared ones were 290,400·364 = 105,705,600', () => {
    const [shared] = valuesOf(conv2d, [null, 227, 227, 3], { filters: 96, kernel: [11, 11], stride: [4, 4] });
    expect(shared).toEqual([34_944, 105_705_600]);
  });

  it('of one 7×7 have 7²C² weights, and three 3×3 that see the same 3·3²C²', () => {
    const [, stack] = valuesOf(conv2d, [null, 14, 14, 64], { filters: 64, kernel: [7, 7] });
    expect(stack).toEqual([49 * 64 ** 2, 27 * 64 ** 2]);
  });

  it('of 128 3×3×3 kernels on 5×5 positions take 86,400 multiplications; separable 675 and 9,600', () => {
    const input: Shape = [null, 7, 7, 3];
    expect(valuesOf(separableConv2d, input, { filters: 128 })).toEqual([[675, 9_600, 10_275, 86_400]]);
    expect(conv2d.macs([input], [[null, 5, 5, 128]], withDefaults(conv2d, { filters: 128 }))).toBe(86_400);
    const separable = withDefaults(separableConv2d, { filters: 128 });
    expect(separableConv2d.macs([input], [[null, 5, 5, 128]], separable)).toBe(10_275);
  });

  it('of 3×3 have 9 weights, and 3 + 3 where the kernel falls apart', () => {
    expect(valuesOf(spatiallySeparableConv2d, [null, 5, 5, 1], { filters: 1 })).toEqual([[6, 9]]);
  });

  it('in ResNeXt’s 32 groups of 4 channels have 32·3·3·4·4 = 4,608 weights', () => {
    const params = withDefaults(conv2d, { filters: 128, groups: 32, bias: false });
    expect(conv2d.weights([[null, 8, 8, 128]], params).kernel?.shape).toEqual([3, 3, 4, 128]);
    expect(conv2d.macs([[null, 8, 8, 128]], [[null, 6, 6, 128]], params)).toBe(36 * 4_608);
  });
});

describe('convolutions computed', () => {
  it('in two groups let each filter see half of the channels: 1·5 + 2·7 and 3·6 + 4·8', async () => {
    const pixel: readonly [Shape, number[]] = [[null, 1, 1, 4], [1, 2, 3, 4]];
    // [in][out]: filter 0 has 5 and 7, filter 1 has 6 and 8.
    expect(await run(conv2d, { filters: 2, kernel: [1, 1], groups: 2 }, [pixel], [5, 6, 7, 8])).toEqual([19, 50]);
  });

  it('with causal padding see the step before and the step itself, and nothing later', async () => {
    const steps: readonly [Shape, number[]] = [[null, 3, 1], [1, 2, 3]];
    expect(await run(conv1d, { filters: 1, kernel: [2], padding: 'causal' }, [steps], [1, 10])).toEqual([10, 21, 32]);
  });

  it('count the neighbours in a cube of ones: 8 at a corner, 12 on an edge, 18 on a face, 27 inside', async () => {
    const ones = Array<number>(27).fill(1);
    const counts = await run(conv3d, { filters: 1, padding: 'same' }, [[[null, 3, 3, 3, 1], ones]], ones);
    expect(counts.slice(0, 9)).toEqual([8, 12, 8, 12, 18, 12, 8, 12, 8]);
    expect(counts[13]).toBe(27);
  });

  it('depthwise give each channel its own maps, side by side', async () => {
    const pixel: readonly [Shape, number[]] = [[null, 1, 1, 2], [2, 3]];
    const maps = await run(depthwiseConv2d, { kernel: [1, 1], multiplier: 2 }, [pixel], [1, 10, 100, 1000]);
    expect(maps).toEqual([2, 20, 300, 3000]);
  });

  it('find Sobel’s edge with [1 2 1] down and [−1 0 1] along: 4·(9 − 5) where columns are 5, 7 and 9', async () => {
    const image: readonly [Shape, number[]] = [[null, 3, 3, 1], [5, 7, 9, 5, 7, 9, 5, 7, 9]];
    expect(await run(spatiallySeparableConv2d, { filters: 1 }, [image], [1, 2, 1], [-1, 0, 1])).toEqual([16]);
  });
});

describe('a transposed convolution', () => {
  const kernel = [1, 2, 3, 4, 5, 6, 7, 8, 9];

  /** C of y = C·x for one channel of size² pixels under that 3×3 kernel: a row per output. */
  function matrixOf(size: number, out: number, stride: number, pad: number) {
    return Array.from({ length: out * out }, (_, o) =>
      Array.from({ length: size * size }, (_, i) => {
        const row = Math.floor(i / size) - (Math.floor(o / out) * stride - pad);
        const column = (i % size) - ((o % out) * stride - pad);
        return row >= 0 && row < 3 && column >= 0 && column < 3 ? kernel[3 * row + column]! : 0;
      }),
    );
  }

  it.each([
    // Dumoulin & Visin's 4 × 16 matrix, §4.1, then their 5×5 with stride 2 and padding 1.
    { size: 4, out: 2, stride: 1, pad: 0, outputPadding: 0 },
    { size: 5, out: 3, stride: 2, pad: 1, outputPadding: 0 },
    // Of 6×6 the convolution leaves the last row and column unseen: an output padding brings them back.
    { size: 6, out: 3, stride: 2, pad: 1, outputPadding: 1 },
  ])('from $out×$out to $size×$size is the transposed matrix of the convolution', async (at) => {
    const y = Array.from({ length: at.out ** 2 }, (_, i) => i + 1);
    const matrix = matrixOf(at.size, at.out, at.stride, at.pad);
    const expected = Array.from({ length: at.size ** 2 }, (_, i) =>
      matrix.reduce((sum, row, o) => sum + row[i]! * y[o]!, 0),
    );
    const sides = [at.pad, at.pad];
    const params = {
      filters: 1,
      stride: [at.stride, at.stride],
      padding: [sides, sides],
      outputPadding: [at.outputPadding, at.outputPadding],
    };
    expect(await run(transposedConv2d, params, [[[null, at.out, at.out, 1], y]], kernel)).toEqual(expected);
  });

  it('looks at the inputs whose windows may cover an output: of 4 at a stride of 2, two', () => {
    const params = withDefaults(transposedConv2d, { kernel: [4, 4], stride: [2, 2], padding: [[1, 1], [1, 1]] });
    const field = transposedConv2d.field?.([[null, 4, 4, 1]], [[null, 8, 8, 8]], params);
    expect(field).toEqual([{ reach: 2, stride: 0.5, before: 1 }, { reach: 2, stride: 0.5, before: 1 }]);
  });
});

describe('a deformable convolution', () => {
  const image: readonly [Shape, number[]] = [[null, 3, 3, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9]];
  const one = { filters: 1, kernel: [1, 1] };
  const shifted = (down: number, right: number): readonly [Shape, number[]] => [
    [null, 3, 3, 2],
    Array.from({ length: 18 }, (_, i) => (i % 2 === 0 ? down : right)),
  ];

  it('without offsets is the convolution: all nine pixels sum to 45', async () => {
    const none: readonly [Shape, number[]] = [[null, 1, 1, 18], Array<number>(18).fill(0)];
    expect(await run(deformableConv2d, { filters: 1 }, [image, none], Array<number>(9).fill(1))).toEqual([45]);
  });

  it('looks between pixels, and at zeros outside', async () => {
    // Half a pixel to the right: the mean of two, at the border of one and nothing.
    const halfway = await run(deformableConv2d, one, [image, shifted(0, 0.5)], [1]);
    expect(halfway).toEqual([1.5, 2.5, 1.5, 4.5, 5.5, 3, 7.5, 8.5, 4.5]);
    expect(await run(deformableConv2d, one, [image, shifted(-1, 0)], [1])).toEqual([0, 0, 0, 1, 2, 3, 4, 5, 6]);
    expect(await run(deformableConv2d, one, [image, shifted(0, 1e6)], [1])).toEqual(Array<number>(9).fill(0));
  });

  it('weighs what each tap sees by its mask', async () => {
    const mask: readonly [Shape, number[]] = [[null, 3, 3, 1], [0, 1, 2, 0, 1, 2, 0, 1, 2]];
    expect(await run(deformableConv2d, one, [image, shifted(0, 0), mask], [1])).toEqual([0, 2, 6, 0, 5, 12, 0, 8, 18]);
  });

  it('says which offsets it needs, and the padding that fits those that come in', () => {
    const params = withDefaults(deformableConv2d);
    const { problems } = deformableConv2d.shape([[null, 5, 5, 2], [null, 5, 5, 18]], params);
    expect(problems[0]?.message).toBe(
      'The offsets must be 3×3×18, 2·3·3 = 18 for each output; what comes in is 5×5×18.',
    );
    expect(problems[0]?.fixes).toEqual([{ title: 'padding same', params: { padding: 'same' } }]);
  });
});

describe('groups that don’t divide', () => {
  const problemsOf = (given: AnyParams) => conv2d.shape([[null, 5, 5, 6]], withDefaults(conv2d, given)).problems;

  it('the channels are refused with the division', () => {
    expect(problemsOf({ filters: 8, groups: 4 })[0]?.message).toBe(
      'The 6 channels of 5×5×6 can’t be put into 4 equal groups: 6/4 = 1.5.',
    );
  });

  it.each([
    { filters: 8, groups: 4 },
    { filters: 8, groups: 3 },
    { filters: 7, groups: 4 },
    { filters: 1, groups: 65536 },
  ])(
    'are mended by each change that is offered: %j',
    (given) => {
      for (const { code, fixes = [] } of problemsOf(given)) {
        expect(fixes.length).toBeGreaterThan(0);
        for (const { params } of fixes) {
          expect(problemsOf({ ...given, ...params }).map((other) => other.code)).not.toContain(code);
        }
      }
    },
  );
});
