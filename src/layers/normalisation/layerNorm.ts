import { choice } from '@/core/params';
import { err, ok } from '@/core/result';
import { channels, elements, type Shape, withoutBatch } from '@/core/shape';
import { defineLayer, refused, shaped } from '../define';
import { pythonCall } from '../emit';
import { ownStock } from '../own';
import { affine, affineParams, affineWeights, learnedLine, normalForm } from '../shared/affine';
import { lonelyProblem } from '../shared/lonely';
import { normalise } from '../shared/normalise';
import { rankProblem } from '../shared/rank';
import { refuseUnless } from '../shared/stock';

type Over = 'last' | 'all';

/** Sizes of the axes that the statistics are over. */
const normalised = (input: Shape, over: Over): readonly number[] =>
  over === 'all' ? withoutBatch(input) : [channels(input)];

/** Those of γ and β in PyTorch's layout, channels first where all axes count. */
const first = (sizes: readonly number[]): readonly number[] => [sizes.at(-1) ?? 1, ...sizes.slice(0, -1)];

/** `[1, 2, 3]` of `[h, w, c]`, batch counted as 0: all axes, or the last one. */
const readAxis = (axis: unknown): Over | null => {
  if (axis === undefined || typeof axis === 'number') return axis === undefined || axis === -1 ? 'last' : null;
  if (!Array.isArray(axis) || axis.length === 0) return null;
  if (axis.length === 1) return 'last';
  // How many axes the input has is not known here; were there more, the weights' sizes would differ.
  const all = axis.every((each, i) => each === i + 1) || axis.every((each, i) => each === i - axis.length);
  return all ? 'all' : null;
};

/**
 * Layer normalisation: each example brought to mean 0 and variance 1 on its own, over the features of each place or
 * over all its numbers; then scaled and shifted.
 * Input:  [batch, …, channels]     Output: same
 * Ba, Kiros & Hinton 2016, "Layer normalization", eq. 3.
 */
export const layerNorm = defineLayer({
  type: 'layerNorm',
  family: 'normalisation',
  title: 'Layer norm',
  summary: 'Brings each example to mean 0 and variance 1 by itself, so that the batch plays no part.',
  keywords: ['layer normalization', 'normalisation', 'ln', 'transformer'],
  reference: 'Ba, Kiros & Hinton 2016, Layer normalization, eq. 3',
  params: {
    over: choice({
      label: 'Over',
      hint: 'Transformers take the features of each place; the whole example is usual for images.',
      default: 'last',
      options: [
        { value: 'last', label: 'Features of each place' },
        { value: 'all', label: 'Whole example' },
      ],
    }),
    ...affineParams,
  },
  shape: ([input = []], p) => {
    const wrongRank = rankProblem(input, [1, 2, 3, 4]);
    if (wrongRank) return refused(wrongRank);
    const sizes = normalised(input, p.over);
    const count = { text: sizes.join('·'), value: sizes.reduce((product, size) => product * size, 1) };
    const fixes = elements(input) > 1 ? [{ title: 'over the whole example', params: { over: 'all' } }] : [];
    const lonely = lonelyProblem(input, p.over === 'all' ? 'The whole' : 'Each place', count, fixes);
    return lonely ? refused(lonely) : shaped(input);
  },
  weights: ([input = []], p) => affineWeights(normalised(input, p.over), p),
  // Stock tfjs tiles mean and variance to the size of the input, and crashes in training without γ or β.
  trainsItself: true,
  forward: (tf, [x], weights, p) => {
    const [batch = 1, ...sizes] = x.shape;
    const rows = p.over === 'all' ? [batch, -1] : [-1, sizes.at(-1) ?? 1];
    return affine(tf, tf.reshape(normalise(tf, tf.reshape(x, rows), [1], p.epsilon), x.shape), weights);
  },
  lower: (p, { inputs: [input = []], initializer }) => {
    const weights = Object.keys(affineWeights([], p));
    // tfjs's own computes on four axes at most, the batch one of them.
    if (input.length > 4) return ownStock('layerNorm', p, weights);
    const all = p.over === 'all' && input.length > 2;
    const config = {
      axis: all ? input.slice(1).map((_size, axis) => axis + 1) : -1,
      epsilon: p.epsilon,
      center: p.center,
      scale: p.scale,
      gammaInitializer: initializer('ones'),
      betaInitializer: initializer('zeros'),
    };
    return [{ className: 'LayerNormalization', config, weights }];
  },
  reads: {
    LayerNormalization: (config) => {
      const refusal = refuseUnless(config, { rmsScaling: [false] });
      if (refusal) return err(refusal);
      const over = readAxis(config.axis);
      if (!over) return err(`its axis ${JSON.stringify(config.axis)} is neither the last one nor all`);
      return ok({
        over,
        epsilon: typeof config.epsilon === 'number' ? config.epsilon : 1e-3,
        scale: config.scale !== false,
        center: config.center !== false,
      });
    },
  },
  formula: ([input = []], _outputs, p) => {
    const sizes = normalised(input, p.over);
    const count = sizes.reduce((product, size) => product * size, 1);
    return [
      normalForm(`Each number, μ and σ² its ${p.over === 'all' ? 'example’s' : 'place’s'}`, p),
      {
        title: 'Numbers in a mean',
        lines: [
          [
            { text: sizes.join('·'), param: 'over' },
            ...(sizes.length > 1 ? [' = ', { text: count.toLocaleString('en'), result: true as const }] : []),
          ],
        ],
      },
      { title: 'Parameters', lines: [learnedLine(count, p)] },
    ];
  },
  telling: (p) => (p.over === 'all' ? 'whole example' : ''),
  macs: null,
  torch: (p, { inputs: [input = []] }) => {
    const all = p.over === 'all' && input.length > 2;
    const sizes = normalised(input, p.over);
    const order = all ? first(sizes.map((_size, axis) => axis)) : [0];
    const moved = (from: string) => (all ? { from, permute: order } : { from });
    const shape = all ? first(sizes) : sizes[0];
    return {
      module: pythonCall('nn.LayerNorm', [shape], {
        eps: p.epsilon === 1e-5 ? undefined : p.epsilon,
        elementwise_affine: p.scale || p.center ? undefined : false,
        bias: p.scale && !p.center ? false : undefined,
      }),
      call: 'm(x)',
      layout: all ? 'first' : 'last',
      weights: { ...(p.scale && { weight: moved('gamma') }), ...(p.center && { bias: moved('beta') }) },
    };
  },
  keras: (p, { inputs: [input = []] }) => {
    const axes = input.slice(1).map((_size, axis) => axis + 1);
    const named = { epsilon: p.epsilon, center: p.center ? undefined : false, scale: p.scale ? undefined : false };
    const axis = p.over === 'all' && axes.length > 1 ? { axis: { source: `[${axes.join(', ')}]` } } : {};
    return { call: `${pythonCall('layers.LayerNormalization', [], { ...axis, ...named })}(x)` };
  },
  cases: [
    { in: [[null, 16]], out: [[null, 16]], weights: 32 },
    { in: [[null, 5, 8]], out: [[null, 5, 8]], weights: 16 },
    { params: { over: 'all' }, in: [[null, 4, 3, 2]], out: [[null, 4, 3, 2]], weights: 48 },
    { params: { over: 'all', epsilon: 1e-3 }, in: [[null, 7, 3]], out: [[null, 7, 3]], weights: 42 },
    { params: { over: 'all', center: false }, in: [[null, 2, 3, 4, 5]], out: [[null, 2, 3, 4, 5]], weights: 120 },
    { params: { scale: false, center: false }, in: [[null, 4, 3, 6]], out: [[null, 4, 3, 6]], weights: 0 },
    { params: { scale: false }, in: [[null, 2, 3, 4, 5]], out: [[null, 2, 3, 4, 5]], weights: 5 },
  ],
});
