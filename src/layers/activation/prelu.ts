import { choice, initializer } from '@/core/params';
import { err, ok } from '@/core/result';
import { channels, type Shape } from '@/core/shape';
import { defineLayer, refused, shaped } from '../define';
import { pythonCall } from '../emit';
import { ownStock } from '../own';
import { rankProblem } from '../shared/rank';
import { readInitializer } from '../shared/stock';

/** The axes between batch and channels, along which a channel's slope is the same; `null` where there are none. */
const spatialAxes = (input: Shape): readonly number[] | null =>
  input.length > 2 ? Array.from({ length: input.length - 2 }, (_, axis) => axis + 1) : null;

/**
 * Parametric ReLU: f(x) = x for x > 0, αx otherwise, with α learned: one for each channel or one for all.
 * Input:  [batch, …, channels]     Output: same
 * He, Zhang, Ren & Sun 2015, "Delving deep into rectifiers", eq. 1.
 */
export const prelu = defineLayer({
  type: 'prelu',
  family: 'activation',
  title: 'PReLU',
  summary: 'A leaky ReLU that learns the slope of negative numbers.',
  keywords: ['parametric relu', 'nonlinearity', 'slope'],
  reference: 'He, Zhang, Ren & Sun 2015, Delving deep into rectifiers, eq. 1',
  params: {
    slopes: choice({
      label: 'Slopes',
      default: 'channel',
      options: [
        { value: 'channel', label: 'One per channel' },
        { value: 'one', label: 'One for all' },
      ],
    }),
    initializer: initializer({
      label: 'Initialiser',
      hint: 'Of the slopes; the paper begins at 0.25.',
      default: { type: 'constant', params: { value: 0.25 } },
    }),
  },
  shape: ([input = []]) => {
    const wrongRank = rankProblem(input, [1, 2, 3, 4]);
    return wrongRank ? refused(wrongRank) : shaped(input);
  },
  weights: ([input = []], p) => {
    const spatial = Array.from({ length: Math.max(0, input.length - 2) }, () => 1);
    const shape = p.slopes === 'one' ? [1] : [...spatial, channels(input)];
    return { alpha: { shape, initializer: p.initializer, trainable: true } };
  },
  forward: (tf, [x], { alpha }) => (alpha ? tf.prelu(x, alpha) : x),
  lower: (p, { inputs: [input = []], initializer }) => {
    // In a stock layer's config, one slope for all of a sequence reads like one per channel of an image.
    if (p.slopes === 'one') return ownStock('prelu', p, ['alpha']);
    const config = { alphaInitializer: initializer(p.initializer), sharedAxes: spatialAxes(input) };
    return [{ className: 'PReLU', config, weights: ['alpha'] }];
  },
  reads: {
    PReLU: ({ sharedAxes: shared, alphaInitializer }) => {
      const axes: readonly unknown[] = Array.isArray(shared) ? shared : typeof shared === 'number' ? [shared] : [];
      // How many axes the input has is not known here; were they not the spatial ones, the weight's size would differ.
      if (!axes.every((axis, i) => axis === i + 1)) return err(`its sharedAxes ${JSON.stringify(shared)} can’t be drawn`);
      return ok({ slopes: 'channel' as const, initializer: readInitializer(alphaInitializer, 'zeros') });
    },
  },
  formula: ([input = []], _outputs, p) => [
    { title: 'PReLU', lines: [['f(x) = x for x > 0, α·x otherwise']] },
    {
      title: 'Parameters',
      lines: [
        [
          'α: ',
          p.slopes === 'one' ? { text: '1', param: 'slopes' } : { text: `${channels(input)}`, input: true },
          p.slopes === 'one' ? ' for all channels' : ', one per channel',
        ],
      ],
    },
  ],
  telling: (p) => (p.slopes === 'one' ? 'one slope' : ''),
  macs: null,
  torch: (p, { inputs: [input = []] }) => {
    const count = p.slopes === 'one' ? 1 : channels(input);
    return {
      module: pythonCall('nn.PReLU', count === 1 ? [] : [count]),
      call: 'm(x)',
      layout: 'first',
      weights: { weight: { from: 'alpha', reshape: [count] } },
    };
  },
  keras: (p, { inputs: [input = []] }) => {
    const all = input.slice(1).map((_size, axis) => axis + 1);
    const shared = p.slopes === 'one' ? all : (spatialAxes(input) ?? undefined);
    return { call: `${pythonCall('layers.PReLU', [], { shared_axes: shared })}(x)` };
  },
  cases: [
    { in: [[null, 5, 4, 6]], out: [[null, 5, 4, 6]], weights: 6 },
    { in: [[null, 10]], out: [[null, 10]], weights: 10 },
    { params: { slopes: 'one' }, in: [[null, 7, 3]], out: [[null, 7, 3]], weights: 1 },
    { params: { initializer: 'heNormal' }, in: [[null, 2, 3, 4, 5]], out: [[null, 2, 3, 4, 5]], weights: 5 },
  ],
});
