import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';
import { defaults } from '@/core/params';
import type { Size4 } from '@/engine/kernels/convolution';
import { draws } from '@/engine/kernels/draws';
import { install } from '@/engine/kernels/install';
import { randomTensor } from '@/engine/kernels/testing';
import { type Optimiser, optimise } from '@/engine/reference/optimise';
import type { Snapshot } from '@/engine/reference/snapshot';
import { optimizers } from '@/recipe/registry';

/** Median milliseconds by what was done. */
export type Timings = Readonly<Record<string, number>>;

/** What bench/gpu.ts finds in the page's global scope, as `timings`. */
export interface Clock {
  measure(backend: 'webgl' | 'webgpu', mended: boolean, repeats: number): Promise<Timings>;
}

const filterGradient = (x: Size4, filter: Size4) => (): (() => tf.Tensor) => {
  const dy = randomTensor<tf.Rank.R4>(tf, [x[0], x[1], x[2], filter[3]], 2);
  const inputs: Record<string, tf.Tensor> = { x: randomTensor<tf.Rank.R4>(tf, x, 1), dy };
  const attrs = { strides: 1, pad: 'same', dataFormat: 'NHWC', filterShape: filter };
  return () => tf.engine().runKernel<tf.Tensor>('Conv2DBackpropFilter', inputs, attrs);
};

const update = (type: string) => (): (() => tf.Tensor) => {
  const definition = optimizers.get(type)!;
  const optimiser: Optimiser = {
    definition,
    params: defaults(definition.params),
    recipe: { weightDecay: 1e-4, clipNorm: null },
  };
  const keys = Array.from({ length: 20 }, (_, i) => `conv${i}/kernel`);
  const each = (seed: number) =>
    Object.fromEntries(keys.map((key) => [key, randomTensor<tf.Rank.R4>(tf, [3, 3, 64, 64], seed)]));
  const slots = definition.slots.flatMap((slot) =>
    keys.map((key) => [`${key}/${slot}`, tf.zeros([3, 3, 64, 64])] as const),
  );
  const state: Snapshot = { step: 0, weights: each(1), slots: Object.fromEntries(slots) };
  const gradients = each(2);
  return () => {
    const { weights } = optimise(tf, optimiser, state, { gradients, moved: {} }, 0.01);
    return weights[keys.at(-1)!]!;
  };
};

const mask = () => () => draws(tf, 1, 'layer/drop', 0).dropping([32, 16, 16, 128], 0.5);

const WORK: Readonly<Record<string, () => () => tf.Tensor>> = {
  "filter gradient, LeNet-5's first, batch 64": filterGradient([64, 28, 28, 1], [5, 5, 1, 6]),
  "filter gradient, LeNet-5's second, batch 64": filterGradient([64, 14, 14, 6], [5, 5, 6, 16]),
  'filter gradient, 32×32×16 to 16 (ResNet-20), batch 32': filterGradient([32, 32, 32, 16], [3, 3, 16, 16]),
  'filter gradient, 16×16×64 to 64 (VGG-S), batch 32': filterGradient([32, 16, 16, 64], [3, 3, 64, 64]),
  'filter gradient, 8×8×128 to 128 (VGG-S), batch 32': filterGradient([32, 8, 8, 128], [3, 3, 128, 128]),
  'Adam, 20 kernels of 3×3×64×64': update('adam'),
  'momentum, 20 kernels of 3×3×64×64': update('momentum'),
  'dropout mask of 1,048,576': mask,
};

const timings: Clock = {
  measure: async (backend, mended, repeats) => {
    if (mended) install(tf);
    await tf.setBackend(backend);
    const medians: Record<string, number> = {};
    for (const [name, prepare] of Object.entries(WORK)) {
      tf.engine().startScope();
      const run = prepare();
      /** To the last number: what was queued is done then. */
      const once = async () => {
        const start = performance.now();
        const result = tf.tidy(() => tf.sum(run()));
        await result.data();
        result.dispose();
        return performance.now() - start;
      };
      await once();
      await once();
      const times: number[] = [];
      for (let i = 0; i < repeats; i += 1) times.push(await once());
      medians[name] = times.sort((a, b) => a - b)[repeats >> 1]!;
      tf.engine().endScope();
    }
    return medians;
  },
};

Object.assign(globalThis, { timings });
document.title = 'ready';
