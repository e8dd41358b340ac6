import type { Tensor } from '@tensorflow/tfjs';
import { bool, float } from '@/core/params';
import { err, ok } from '@/core/result';
import { channels } from '@/core/shape';
import { defineLayer, refused, shaped, type Term } from '../define';
import { normaliseByBatch } from '../shared/batchStatistics';
import { rankProblem } from '../shared/rank';

/**
 * Batch normalisation, per channel: y = γ(x − μ)/√(σ² + ε) + β. In training μ and σ² (the biased one) are the batch's
 * own, over examples, height and width; afterwards they are running means, moved by 1 − momentum at each step.
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
    epsilon: float({ label: 'ε', hint: 'Added to the variance.', min: 0, max: 1, default: 1e-5 }),
    scale: bool({ label: 'Scale γ', default: true }),
    center: bool({ label: 'Shift β', default: true }),
  },
  shape: ([input = []]) => {
    const wrongRank = rankProblem(input, [1, 2, 3]);
    return wrongRank ? refused(wrongRank) : shaped(input);
  },
  weights: ([input = []], p) => {
    const shape = [channels(input)];
    return {
      ...(p.scale && { gamma: { shape, initializer: 'ones', trainable: true } }),
      ...(p.center && { beta: { shape, initializer: 'zeros', trainable: true } }),
      movingMean: { shape, initializer: 'zeros', trainable: false },
      movingVariance: { shape, initializer: 'ones', trainable: false },
    };
  },
  // Stock tfjs crashes without γ or β (tensorflow/tfjs#2868), and writes its statistics during the pass.
  trainsItself: true,
  forward: (tf, [x], weights, p, context) => {
    const gamma = weights.gamma ?? tf.ones([x.shape.at(-1) ?? 1]);
    const beta = weights.beta ?? tf.zeros([x.shape.at(-1) ?? 1]);
    const [runningMean, runningVariance] = [weights.movingMean, weights.movingVariance];
    if (!context.training && runningMean && runningVariance) {
      const scale = tf.mul(gamma, tf.rsqrt(tf.add(runningVariance, p.epsilon)));
      return tf.add(tf.mul(tf.sub(x, runningMean), scale), beta);
    }
    const { mean, variance } = tf.moments(
      x,
      Array.from({ length: x.rank - 1 }, (_, axis) => axis),
    );
    const moved = (old: Tensor, batch: Tensor) => tf.add(tf.mul(old, p.momentum), tf.mul(batch, 1 - p.momentum));
    if (runningMean) context.update('movingMean', moved(runningMean, mean));
    if (runningVariance) context.update('movingVariance', moved(runningVariance, variance));
    return normaliseByBatch(tf, x, { gamma, beta }, { mean, variance }, p.epsilon);
  },
  lower: (p, context) => [
    {
      className: 'BatchNormalization',
      config: {
        axis: -1,
        momentum: p.momentum,
        epsilon: p.epsilon,
        scale: p.scale,
        center: p.center,
        gammaInitializer: context.initializer('ones'),
        betaInitializer: context.initializer('zeros'),
        movingMeanInitializer: context.initializer('zeros'),
        movingVarianceInitializer: context.initializer('ones'),
      },
      weights: [...(p.scale ? ['gamma'] : []), ...(p.center ? ['beta'] : []), 'movingMean', 'movingVariance'],
    },
  ],
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
    const learned = Number(p.scale) + Number(p.center);
    const per: Term = { text: `${count}`, input: true };
    const total = (kinds: number): Term => ({ text: (kinds * count).toLocaleString('en'), result: true });
    return [
      {
        title: 'Each number, μ and σ² its channel’s',
        lines: [
          [
            'y = ',
            ...(p.scale ? [{ text: 'γ', param: 'scale' }, '·'] : []),
            '(x − μ)/√(σ² + ',
            { text: `${p.epsilon}`, param: 'epsilon' },
            ')',
            ...(p.center ? [' + ', { text: 'β', param: 'center' }] : []),
          ],
        ],
      },
      {
        title: 'Running mean, and variance alike',
        lines: [
          [
            'μ ← ',
            { text: `${p.momentum}`, param: 'momentum' },
            `·μ + ${Number((1 - p.momentum).toFixed(6))}·μ of the batch`,
          ],
        ],
      },
      {
        title: 'Parameters',
        lines: [
          [
            `${[p.scale && 'γ', p.center && 'β'].filter(Boolean).join(', ') || 'learned'}: ${learned}·`,
            per,
            ' = ',
            total(learned),
          ],
          ['running μ, σ²: 2·', per, ' = ', total(2)],
        ],
      },
    ];
  },
  macs: null,
  torch: () => ({ none: 'TODO' }),
  keras: () => ({ none: 'TODO' }),
  cases: [
    { in: [[null, 4, 4, 6]], out: [[null, 4, 4, 6]], weights: 24 },
    { in: [[null, 120]], out: [[null, 120]], weights: 480 },
    { in: [[null, 7, 3]], out: [[null, 7, 3]], weights: 12 },
    { params: { scale: false }, in: [[null, 4, 4, 6]], out: [[null, 4, 4, 6]], weights: 18 },
    {
      params: { scale: false, center: false, momentum: 0.99, epsilon: 1e-3 },
      in: [[null, 7, 3]],
      out: [[null, 7, 3]],
      weights: 6,
    },
  ],
});
