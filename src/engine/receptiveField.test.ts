import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { compile } from '@/compiler/compile';
import type { AxisField } from '@/compiler/compilation';
import { documentOf, type Entry } from '@/compiler/testing/draw';
import { install } from './kernels/install';
import { buildNetwork } from './reference/network';

beforeAll(async () => {
  install(tf);
  await tf.setBackend('cpu');
});

/** So many random examples that each cell of a max-pool's window wins in some. */
const EXAMPLES = 24;
const IMAGE = [31, 27] as const;

/** Rows and columns, first and last, whose change moves one output: where its gradient is not zero. */
async function seenBy(entries: readonly Entry[], position: readonly number[]): Promise<readonly (readonly [number, number])[]> {
  const { plan } = compile(documentOf(entries));
  const built = plan && (await buildNetwork(tf, plan));
  if (!built?.ok) throw new Error('The network can’t be built.');
  const last = plan!.layers.at(-1)!.path;
  const moved = tf.tidy(() => {
    // Weights above 0 can't cancel each other.
    const weights = Object.fromEntries(
      plan!.layers.flatMap((layer) => layer.weights.map(({ key, shape }) => [key, tf.randomUniform([...shape], 0.5, 1, 'float32', 5)])),
    );
    const gradient = tf.grad((x) => {
      const values = built.value.run([x], { weights, training: false, seed: 1, step: 0 });
      const output = values.get(built.value.outputsOf.get(last)![0]!)!;
      return output.slice([0, ...position, 0], [-1, 1, 1, -1]).sum();
    });
    const image = gradient(tf.randomUniform([EXAMPLES, ...IMAGE, 1], 0, 1, 'float32', 7)).abs().max([0, 3]);
    return [image.max(1), image.max(0)];
  });
  return moved.map((lines): readonly [number, number] => {
    const values = [...lines.dataSync()];
    lines.dispose();
    return [values.findIndex((value) => value > 0), values.findLastIndex((value) => value > 0)];
  });
}

const both = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));
const named = fc.constantFrom('valid' as const, 'same' as const);
const convolution = fc
  .record({ kernel: both(1, 3), dilation: both(1, 2), stride: both(1, 2), padding: fc.oneof(named, fc.tuple(both(0, 2), both(0, 2))) })
  .map((params): readonly Entry[] => [['c', 'conv2d', { ...params, filters: 2 }]]);
const pooling = fc
  .record({ type: fc.constantFrom('maxPool2d', 'averagePool2d'), pool: both(1, 3), stride: both(1, 3), padding: named })
  .map(({ type, ...params }): readonly Entry[] => [['p', type, params]]);
const border = fc
  .record({ top: fc.nat(2), bottom: fc.nat(2), left: fc.nat(2), right: fc.nat(2) })
  .map((params): readonly Entry[] => [['z', 'zeroPadding2d', params]]);
const activation = fc.constant<readonly Entry[]>([['a', 'activation', { activation: 'softplus' }]]);
/** Two paths of unlike reach from the same layer, added; `@` is the layer before. */
const skip = fc
  .record({ one: both(1, 3), two: both(1, 2) })
  .map(({ one, two }): readonly Entry[] => [
    ['l', 'conv2d', { filters: 2, kernel: one, padding: 'same' }, ['@']],
    ['r', 'conv2d', { filters: 2, kernel: [3, 3], dilation: two, padding: 'same' }, ['@']],
    ['s', 'add', {}, ['l', 'r']],
  ]);

/** One part after the other, each with ids of its own. */
function inRow(parts: readonly (readonly Entry[])[]): readonly Entry[] {
  const entries: Entry[] = [['in', 'input', { shape: [...IMAGE, 1] }]];
  parts.forEach((part, i) => {
    const before = entries.at(-1)![0];
    for (const [id, type, params, from] of part) {
      entries.push([`${id}${i}`, type, params, from?.map((source) => (source === '@' ? before : `${source}${i}`))]);
    }
  });
  return [...entries, ['out', 'output']];
}

const networks = fc.array(fc.oneof(convolution, pooling, border, activation, skip), { minLength: 1, maxLength: 4 }).map(inRow);

/** Index of an output in the middle whose whole field lies inside the image, with the field's first and last cell. */
function inside(field: AxisField, outputs: number, cells: number) {
  for (let by = 0; by < outputs; by += 1) {
    const at = (outputs >> 1) + (by % 2 ? (by + 1) / 2 : -by / 2);
    const first = field.centre - (field.size - 1) / 2 + at * field.stride;
    if (at >= 0 && at < outputs && first >= 0 && first + field.size <= cells) return { at, seen: [first, first + field.size - 1] as const };
  }
  return null;
}

it('outputs of random networks move with exactly the rows and columns of their receptive field, first to last', async () => {
  let held = 0;
  await fc.assert(
    fc.asyncProperty(networks, async (entries) => {
      const { plan, nodes, fields } = compile(documentOf(entries));
      fc.pre(plan !== null);
      const axes = fields.get('out')?.[0]?.axes;
      const shape = nodes.get('out')?.outputs?.[0] ?? [];
      if (!axes || axes === 'all') throw new Error('The field should be known.');
      const found = axes.map((field, axis) => inside(field, shape[axis + 1] ?? 0, IMAGE[axis as 0 | 1]));
      fc.pre(found.every((each) => each !== null));
      expect(await seenBy(entries, found.map((each) => each.at))).toEqual(found.map((each) => each.seen));
      held += 1;
    }),
    { numRuns: 60, seed: 2019 },
  );
  expect(held).toBe(60);
}, 120_000);
