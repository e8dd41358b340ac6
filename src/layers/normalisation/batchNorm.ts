import type { Tensor } from '@tensorflow/tfjs';
import { bool, float } from '@/core/params';
import { err, ok } from '@/core/result';
import { channels } from '@/core/shape';
import { defineLayer, refused, shaped } from '../define';
import { pythonCall } from '../emit';
import { ownStock } from '../own';
import { affine, affineParams, affineTorchWeights, affineWeights, learnedLine, normalForm } from '../shared/affine';
import { normaliseByBatch } from '../shared/batchStatistics';
import { rankProblem } from '../shared/rank';

/** Without floating-point dust: 1 − 0.9 is 0.1. */
const rest = (momentum: number): number => Number((1 - momentum).toFixed(6));

/**
 * Batch normalisation, per channel: y = γ(x − μ)/√(σ² + ε) + β. In training μ and σ² (the biased one) are the batch's
 * own, over examples and positions; afterwards they are running means, moved by 1 − momentum at each step. Frozen
 * statistics are the running ones in training too, and stay as they are.
 * Input:  [batch, …, channels]     Output: same
 * Ioffe & Szegedy 2015, "Batch normalization", algorithms 1 and 2.
 */
export const batchNorm = defineLayer({
  type: 'batchNorm',
  family: 'normalisation',
  title: 'Batch norm',
  summary: 'Brings each channel to mean 0 and variance 1 over the batch, then scales and shifts it.',
  keywords: ['batch normalization', 'normalisation', 'bn'],
  shortcut: 'b',
  reference: 'Ioffe & Szegedy 2015, Batch normalization, algorithms 1 and 2',
  params: {
    momentum: float({
      label: 'Momentum',
      hint: 'Share of the running statistics kept at each step; PyTorch’s momentum is 1 minus it.',
      min: 0,
      max: 1,
      default: 0.9,
    }),
    ...affineParams,
    frozen: bool({
      label: 'Freeze statistics',
      hint: 'Uses the running mean and variance in training too, and leaves them alone: for fine-tuning on few examples.',
      default: false,
      advanced: true,
    }),
    frozenAffine: bool({
      label: 'Freeze γ and β',
      hint: 'Training leaves scale and shift as they are.',
      default: false,
      advanced: true,
    }),
  },
  shape: ([input = []]) => {
    const wrongRank = rankProblem(input, [1, 2, 3, 4]);
    return wrongRank ? refused(wrongRank) : shaped(input);
  },
  weights: ([input = []], p) => {
    const shape = [channels(input)];
    return {
      ...affineWeights(shape, p, !p.frozenAffine),
      movingMean: { shape, initializer: 'zeros', trainable: false },
      movingVariance: { shape, initializer: 'ones', trainable: false },
    };
  },
  // Stock tfjs crashes without γ or β (tensorflow/tfjs#2868), and writes its statistics during the pass.
  trainsItself: true,
  forward: (tf, [x], weights, p, context) => {
    const count = x.shape.at(-1) ?? 1;
    // Two axes say the same as any number, and every backend broadcasts along two.
    const rows = tf.reshape(x, [-1, count]);
    const [runningMean, runningVariance] = [weights.movingMean, weights.movingVariance];
    if ((!context.training || p.frozen) && runningMean && runningVariance) {
      const inverse = tf.rsqrt(tf.add(runningVariance, p.epsilon));
      return tf.reshape(affine(tf, tf.mul(tf.sub(rows, runningMean), inverse), weights), x.shape);
    }
    const gamma = weights.gamma ?? tf.ones([count]);
    const beta = weights.beta ?? tf.zeros([count]);
    const { mean, variance } = tf.moments(rows, [0]);
    const moved = (old: Tensor, batch: Tensor) => tf.add(tf.mul(old, p.momentum), tf.mul(batch, 1 - p.momentum));
    if (runningMean) context.update('movingMean', moved(runningMean, mean));
    if (runningVariance) context.update('movingVariance', moved(runningVariance, variance));
    return tf.reshape(normaliseByBatch(tf, rows, { gamma, beta }, { mean, variance }, p.epsilon), x.shape);
  },
  lower: (p, { inputs: [input = []], initializer }) => {
    const weights = [...Object.keys(affineWeights([], p)), 'movingMean', 'movingVariance'];
    // tfjs has no five axes, and a stock layer that is frozen says so nowhere in its config.
    if (input.length > 4 || p.frozen || p.frozenAffine) return ownStock('batchNorm', p, weights);
    const config = {
      axis: -1,
      momentum: p.momentum,
      epsilon: p.epsilon,
      scale: p.scale,
      center: p.center,
      gammaInitializer: initializer('ones'),
      betaInitializer: initializer('zeros'),
      movingMeanInitializer: initializer('zeros'),
      movingVarianceInitializer: initializer('ones'),
    };
    return [{ className: 'BatchNormalization', config, weights }];
  },
  reads: {
    BatchNormalization: (config) => {
      // Keras writes the axis it found as `[3]`. Were it not the last one, the weights' sizes would give it away.
      const axis: unknown = Array.isArray(config.axis) ? config.axis[0] : config.axis;
      if (typeof axis === 'number' && axis !== -1 && axis < 1) return err(`its axis ${axis} is not the last one`);
      return ok({
        momentum: typeof config.momentum === 'number' ? config.momentum : 0.99,
        epsilon: typeof config.epsilon === 'number' ? config.epsilon : 1e-3,
        scale: config.scale !== false,
        center: config.center !== false,
      });
    },
  },
  formula: ([input = []], _outputs, p) => {
    const count = channels(input);
    return [
      normalForm(`Each number, μ and σ² its channel’s${p.frozen ? ' running ones' : ''}`, p),
      {
        title: 'Running mean, and variance alike',
        lines: [
          p.frozen
            ? [{ text: 'μ stays as it is', param: 'frozen' }]
            : ['μ ← ', { text: `${p.momentum}`, param: 'momentum' }, `·μ + ${rest(p.momentum)}·μ of the batch`],
        ],
      },
      {
        title: 'Parameters',
        lines: [
          learnedLine(count, p),
          [
            'running μ, σ²: 2·',
            { text: `${count}`, input: true },
            ' = ',
            { text: (2 * count).toLocaleString('en'), result: true },
          ],
        ],
      },
    ];
  },
  telling: (p) => (p.frozen ? 'frozen' : ''),
  macs: null,
  torch: (p, { inputs: [input = []] }) => {
    const dimension = Math.max(1, input.length - 2);
    const eps = p.epsilon === 1e-5 ? undefined : p.epsilon;
    const module = pythonCall(`nn.BatchNorm${dimension}d`, [channels(input)], {
      eps,
      momentum: rest(p.momentum) === 0.1 ? undefined : rest(p.momentum),
      affine: p.scale || p.center ? undefined : false,
    });
    const given = ['x', 'm.running_mean', 'm.running_var', 'm.weight', 'm.bias'].map((source) => ({ source }));
    return {
      module: p.frozenAffine ? `${module}.requires_grad_(False)` : module,
      call: p.frozen ? pythonCall('F.batch_norm', given, { eps }) : 'm(x)',
      layout: 'first',
      weights: {
        ...affineTorchWeights(p),
        running_mean: { from: 'movingMean' },
        running_var: { from: 'movingVariance' },
      },
    };
  },
  keras: (p) => {
    if (p.frozenAffine && !p.frozen) return { none: 'Keras freezes γ and β together with the statistics.' };
    const layer = pythonCall('layers.BatchNormalization', [], {
      momentum: p.momentum,
      epsilon: p.epsilon,
      center: p.center ? undefined : false,
      scale: p.scale ? undefined : false,
      trainable: p.frozenAffine ? false : undefined,
    });
    return { call: `${layer}(x${p.frozen && !p.frozenAffine ? ', training=False' : ''})` };
  },
  cases: [
    { in: [[null, 4, 4, 6]], out: [[null, 4, 4, 6]], weights: 24 },
    { in: [[null, 120]], out: [[null, 120]], weights: 480 },
    { in: [[null, 7, 3]], out: [[null, 7, 3]], weights: 12 },
    { in: [[null, 2, 3, 4, 5]], out: [[null, 2, 3, 4, 5]], weights: 20 },
    { params: { scale: false }, in: [[null, 4, 4, 6]], out: [[null, 4, 4, 6]], weights: 18 },
    {
      params: { scale: false, center: false, momentum: 0.99, epsilon: 1e-3 },
      in: [[null, 7, 3]],
      out: [[null, 7, 3]],
      weights: 6,
    },
    { params: { frozen: true, epsilon: 1e-3 }, in: [[null, 4, 3, 2]], out: [[null, 4, 3, 2]], weights: 8 },
    { params: { frozenAffine: true }, in: [[null, 5]], out: [[null, 5]], weights: 20 },
    { params: { frozen: true, frozenAffine: true }, in: [[null, 6, 2]], out: [[null, 6, 2]], weights: 8 },
  ],
});
