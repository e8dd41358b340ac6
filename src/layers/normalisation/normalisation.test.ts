import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseParams, type AnyParams } from '@/core/params';
import { randomStream } from '@/core/random';
import type { LayerDefinition } from '../define';
import { hostDraws } from '../shared/draws';
import { withDefaults } from '../stockModel.testing';
import { batchNorm } from './batchNorm';
import { groupNorm } from './groupNorm';
import { instanceNorm } from './instanceNorm';
import { layerNorm } from './layerNorm';
import { localResponseNorm } from './localResponseNorm';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

type Weights = Readonly<Record<string, tf.Tensor>>;

function runner(definition: LayerDefinition, params: AnyParams, weights: Weights, training = true) {
  const updates = new Map<string, tf.Tensor>();
  const context = {
    training,
    draws: hostDraws(tf, () => randomStream(1, 'layer')),
    update: (name: string, value: tf.Tensor) => updates.set(name, tf.keep(value)),
  };
  const run = (x: tf.Tensor, given: Weights = weights): tf.Tensor => {
    const y = definition.forward?.(tf, [x], given, withDefaults(definition, params), context);
    if (!(y instanceof tf.Tensor)) throw new Error(`${definition.type} has no forward pass`);
    return y;
  };
  return { run, updates };
}

const size = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);
/** Inputs and what comes back from above, the same numbers in PyTorch: sin(1.7i + 0.3)·(1 + i mod 3) and cos i. */
const inputOf = (shape: number[]) =>
  tf.tensor(
    Float32Array.from({ length: size(shape) }, (_, i) => Math.sin(1.7 * i + 0.3) * (1 + (i % 3))),
    shape,
  );
const aboveOf = (shape: number[]) => tf.tensor(Float32Array.from({ length: size(shape) }, (_, i) => Math.cos(i)), shape);

const affine = (shape: number[]): Weights => ({
  gamma: tf.reshape(tf.linspace(0.5, 1.5, size(shape)), shape),
  beta: tf.reshape(tf.linspace(-1, 1, size(shape)), shape),
});
const statistics = { movingMean: tf.zeros([2]), movingVariance: tf.ones([2]) };

function expectNear(tensor: tf.Tensor, expected: readonly number[]) {
  const values = tensor.dataSync();
  expected.forEach((value, i) => expect(values[i], `number ${i}`).toBeCloseTo(value, 4));
}

describe('agrees with PyTorch in double precision, output and gradient', () => {
  // The first eight numbers of each, from PyTorch 2.13's modules with γ from 0.5 to 1.5 and β from −1 to 1.
  it.each<readonly [string, LayerDefinition, AnyParams, number[], Weights, readonly number[], readonly number[]]>([
    [
      'group norm',
      groupNorm,
      { groups: 2 },
      [2, 2, 3, 6],
      affine([6]),
      [-0.899661, 0.225965, -1.110182, -0.455849, 1.822475, 2.717232, -1.277467, -0.914986],
      [0.078094, 0.015994, -0.504248, -0.176713, -0.112638, 0.752385, 0.052786, 0.085157],
    ],
    [
      'instance norm of sequences',
      instanceNorm,
      {},
      [2, 4, 3],
      affine([3]),
      [-0.4151, 1.068745, -1.216729, -1.443107, 0.8391, 1.781904, -1.546006, -0.545425],
      [0.874346, 0.246174, -0.118068, -0.911004, -0.486242, 0.247327, 0.978605, 0.577708],
    ],
    [
      'instance norm of images',
      instanceNorm,
      {},
      [2, 2, 3, 3],
      affine([3]),
      [-0.822739, 1.134374, 0.034268, -1.610493, 0.882548, 2.428155, -1.689344, -0.635709],
      [0.690835, 0.484123, -0.214088, -0.647864, -0.366838, 0.200965, 0.803074, 0.511687],
    ],
    [
      'instance norm of volumes',
      instanceNorm,
      {},
      [2, 2, 3, 2, 2],
      affine([2]),
      [-0.91083, 2.508323, -1.524004, -0.109077, -0.532712, 2.443839, -1.293112, -0.052206],
      [0.326882, 0.474666, -0.144222, -0.869091, -0.204579, 0.220422, 0.30741, 0.887941],
    ],
    [
      'layer norm over features',
      layerNorm,
      {},
      [2, 3, 5],
      affine([5]),
      [-0.979277, 0.414962, -1.417124, -0.481445, 2.411328, -0.620531, -1.271731, -0.918191],
      [0.647031, 0.363248, 0.198611, -0.54977, -0.659119, 0.202141, 0.32365, 0.363361],
    ],
    [
      'layer norm over whole examples',
      layerNorm,
      { over: 'all' },
      [2, 2, 4, 3],
      affine([2, 4, 3]),
      [-0.95978, -0.324366, -1.507296, -1.13181, -0.082228, 0.181683, -1.005749, -0.862493],
      [0.36609, 0.217155, -0.107711, -0.364811, -0.263075, 0.158355, 0.527975, 0.444829],
    ],
    [
      'batch norm of volumes',
      batchNorm,
      {},
      [3, 2, 2, 3, 2],
      { ...affine([2]), ...statistics },
      [-0.906265, 2.691041, -1.519271, 0.126687, -0.528251, 2.627863, -1.288442, 0.182406],
      [0.315388, 0.528994, -0.143916, -0.98303, -0.223125, 0.275086, 0.303198, 0.74264],
    ],
    [
      'frozen batch norm',
      batchNorm,
      { frozen: true, epsilon: 1e-3 },
      [2, 2, 2, 3],
      {
        ...affine([3]),
        movingMean: tf.tensor1d([0.1, -0.2, 0.3]),
        movingVariance: tf.tensor1d([0.5, 1, 2]),
      },
      [-0.861884, 2.017586, -1.003625, -1.616521, 1.65711, 2.542611, -1.692058, -0.516201],
      [0.706401, 0.540032, -0.44128, -0.699331, -0.653317, 0.300794, 0.678265, 0.753526],
    ],
    [
      'local response norm',
      localResponseNorm,
      { size: 5, alpha: 0.5, k: 2 },
      [2, 2, 2, 7],
      {},
      [0.144659, 0.875138, -0.721919, -0.325772, 0.654325, 0.843046, -0.429903, -0.322164],
      [0.47448, 0.139718, -0.118912, -0.37931, -0.291379, 0.166268, 0.440746, 0.323083],
    ],
    [
      'local response norm of an even size',
      localResponseNorm,
      { size: 4, alpha: 0.8, beta: 0.6 },
      [2, 3, 6],
      {},
      [0.216555, 1.138038, -0.96341, -0.424756, 0.809568, 1.105344, -0.766728, -0.373754],
      [0.691335, 0.015291, -0.09501, -0.493015, -0.398548, 0.201162, 0.677371, 0.261217],
    ],
    [
      'local response norm wider than the channels',
      localResponseNorm,
      { size: 3, alpha: 2, beta: 1 },
      [1, 1, 2, 2, 2],
      {},
      [0.090565, 0.557325, -0.515661, -0.250697, 0.326173, 0.392577, -0.473434, -0.385583],
      [0.259161, -0.125483, 0.183178, -0.166479, -0.101944, 0.116769, 0.046296, 0.022584],
    ],
  ])('%s', (_name, definition, params, shape, weights, output, gradient) => {
    const { run } = runner(definition, params, weights);
    const x = inputOf(shape);
    expectNear(run(x), output);
    expectNear(tf.grad((given) => run(given))(x, aboveOf(shape)), gradient);
  });

  it('frozen batch norm’s γ and β still learn', () => {
    const given = { movingMean: tf.tensor1d([0.1, -0.2, 0.3]), movingVariance: tf.tensor1d([0.5, 1, 2]) };
    const { run } = runner(batchNorm, { frozen: true, epsilon: 1e-3 }, {});
    const { gamma, beta } = affine([3]);
    const grads = tf.grads((scale, shift) => run(inputOf([2, 2, 2, 3]), { ...given, gamma: scale, beta: shift }));
    const [dGamma, dBeta] = grads([gamma!, beta!], aboveOf([2, 2, 2, 3]));
    expectNear(dGamma!, [0.9191, 0.8836, -0.048]);
    expectNear(dBeta!, [0.2558, -0.26, -0.5367]);
  });
});

describe('batch norm’s running statistics', () => {
  // One channel, numbers 1 and 5: mean 3, biased variance 4; PyTorch's running variance has the unbiased 8.
  const x = tf.tensor2d([1, 5], [2, 1]);
  const given = { movingMean: tf.zeros([1]), movingVariance: tf.ones([1]) };

  it('move by 1 − momentum towards the batch’s', () => {
    const { run, updates } = runner(batchNorm, { momentum: 0.9 }, given);
    run(x);
    expectNear(updates.get('movingMean')!, [0.3]);
    expectNear(updates.get('movingVariance')!, [1.3]);
  });

  it('stay where they are when frozen, and are what is used', () => {
    const { run, updates } = runner(batchNorm, { frozen: true, epsilon: 0, scale: false, center: false }, given);
    expectNear(run(x), [1, 5]);
    expect(updates.size).toBe(0);
  });

  it('leave γ and β to training unless these are frozen', () => {
    const trainable = (params: AnyParams) =>
      Object.entries(batchNorm.weights([[null, 4]], withDefaults(batchNorm, params)))
        .filter(([, weight]) => weight.trainable)
        .map(([name]) => name);
    expect(trainable({})).toEqual(['gamma', 'beta']);
    expect(trainable({ frozenAffine: true })).toEqual([]);
  });
});

describe('a statistic over one number', () => {
  it.each<readonly [LayerDefinition, AnyParams, readonly (number | null)[], string]>([
    [groupNorm, { groups: 6 }, [null, 6], 'Each group of 6 has 6/6·1 = 1 number'],
    [instanceNorm, {}, [null, 1, 1, 6], 'Each channel of 1×1×6 has 1·1 = 1 number'],
    [layerNorm, { over: 'last' }, [null, 28, 28, 1], 'Each place of 28×28×1 has 1 number'],
  ])('is refused, with a way out where there is one: %#', (definition, params, input, message) => {
    const [problem] = definition.shape([input], withDefaults(definition, params)).problems;
    expect(problem?.message).toContain(message);
    for (const fix of problem?.fixes ?? []) {
      const mended = parseParams(definition.params, { ...withDefaults(definition, params), ...fix.params });
      expect(mended.ok && definition.shape([input], mended.value).problems).toEqual([]);
    }
  });
});

it('groups that don’t divide the channels are told their divisors', () => {
  const [problem] = groupNorm.shape([[null, 4, 4, 6]], withDefaults(groupNorm, { groups: 4 })).problems;
  expect(problem?.message).toContain('6/4 = 1.5');
  expect(problem?.fixes?.map(({ title }) => title)).toEqual(['groups 3', 'groups 2', 'groups 6']);
});
